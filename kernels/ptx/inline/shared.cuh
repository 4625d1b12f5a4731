// kernels/ptx/shared.cuh in inline PTX.
#pragma once

#include "kernels/ptx/shared.cuh"

namespace nvfp4bench::ptx {

NVFP4BENCH_DEVICE SharedAddress dynamic_shared(uint32_t alignment) {
  extern __shared__ uint8_t dynamic_shared_memory[];
  const auto start = static_cast<uint32_t>(__cvta_generic_to_shared(dynamic_shared_memory));
  return (start + alignment - 1) & ~(alignment - 1);
}

NVFP4BENCH_DEVICE uint32_t load_shared(SharedAddress address) {
  uint32_t value;
  asm volatile("ld.shared.u32 %0, [%1];" : "=r"(value) : "r"(address) : "memory");
  return value;
}

template <uint32_t kWords>
NVFP4BENCH_DEVICE Words<kWords> load_shared_words(SharedAddress address) {
  static_assert(kWords == 2 || kWords == 4);
  Words<kWords> v;
  if constexpr (kWords == 2) {
    asm volatile("ld.shared.v2.u32 {%0, %1}, [%2];"
                 : "=r"(v.word[0]), "=r"(v.word[1])
                 : "r"(address)
                 : "memory");
  } else {
    asm volatile("ld.shared.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(v.word[0]), "=r"(v.word[1]), "=r"(v.word[2]), "=r"(v.word[3])
                 : "r"(address)
                 : "memory");
  }
  return v;
}

NVFP4BENCH_DEVICE void store_matrices_transposed(SharedAddress address, const uint32_t (&matrix)[4]) {
  asm volatile("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(address),
               "r"(matrix[0]), "r"(matrix[1]), "r"(matrix[2]), "r"(matrix[3])
               : "memory");
}

}  // namespace nvfp4bench::ptx
