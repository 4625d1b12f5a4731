// Poison for outputs in device memory.
#pragma once

#include <cstdint>

struct CUstream_st;  // cudaStream_t

namespace nvfp4bench::kernels::probe {

/// Fills `count` elements of 2 or 4 bytes at `c`, which is 4-byte aligned, with `pattern` (its low half where
/// they have 2). Enqueues only.
void poison(void* c, int64_t count, int64_t bytes_per_element, uint32_t pattern, CUstream_st* stream);

}  // namespace nvfp4bench::kernels::probe
