// Operands in device memory: whether they still are what they were, and changes to them.
#pragma once

#include <cstdint>

struct CUstream_st;  // cudaStream_t

namespace nvfp4bench::kernels::probe {

/// Adds to `sum` (4 bytes in device memory) a hash of `bytes` at `data`, both multiples of 4. One word that
/// differs always shows, more of them but for one case in 2^32. Enqueues only.
void add_hash(const void* data, int64_t bytes, uint32_t* sum, CUstream_st* stream);

struct Word {
  int64_t index = 0;  // in words, from where they are written to
  uint32_t value = 0;
};

/// Writes `count` words, a table in device memory, no two of them to one place, to `data`, and adds to `sum` what
/// that adds to the hash of it. Enqueues only.
void write_words(void* data, const Word* words, int64_t count, uint32_t* sum, CUstream_st* stream);

}  // namespace nvfp4bench::kernels::probe
