// Shared memory: addresses in its 32-bit window, loads, stores, matrix stores.
#pragma once

#include <cstdint>

#include "kernels/ptx/device.cuh"

namespace nvfp4bench::ptx {

/// A byte address in the shared window of this block.
using SharedAddress = uint32_t;

/// 32-bit words moved by one access of 8 or 16 bytes.
template <uint32_t kWords>
struct alignas(4 * kWords) Words {
  uint32_t word[kWords];
};

/// The block's dynamic shared memory. The launch must leave room to round its start up to `alignment`.
NVFP4BENCH_DEVICE SharedAddress dynamic_shared(uint32_t alignment);

/// ld.shared (PTX ISA 9.7.9.8), any thread, naturally aligned.
NVFP4BENCH_DEVICE uint32_t load_shared(SharedAddress address);
template <uint32_t kWords>
NVFP4BENCH_DEVICE Words<kWords> load_shared_words(SharedAddress address);

/// stmatrix .x4 .trans (9.7.14.5.16), whole warp: four 8x8 matrices of 16-bit elements, held as mma
/// accumulators are (lane l: row l/4, columns 2(l%4) and +1), are written transposed: column j of matrix i
/// becomes the 16 bytes at the address given by lane 8i + j.
NVFP4BENCH_DEVICE void store_matrices_transposed(SharedAddress address, const uint32_t (&matrix)[4]);

}  // namespace nvfp4bench::ptx

#ifdef __CUDACC__
#include "kernels/ptx/inline/shared.cuh"
#endif
