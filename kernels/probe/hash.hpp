// Whether device memory still holds what it held.
#pragma once

#include <cstdint>

struct CUstream_st;  // cudaStream_t

namespace nvfp4bench::kernels::probe {

/// Adds to `sum` (4 bytes in device memory) a hash of `bytes` at `data`, both multiples of 4. One word that
/// differs always shows, more of them but for one case in 2^32. Enqueues only.
void add_hash(const void* data, int64_t bytes, uint32_t* sum, CUstream_st* stream);

}  // namespace nvfp4bench::kernels::probe
