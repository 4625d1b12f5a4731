// The pre-pass over a: NVFP4 tokens to fp16, in the order and swizzle in which the main kernel reads them.
#include "cuda/check.hpp"
#include "kernels/parts/fp4_to_f16.cuh"
#include "kernels/ptx/shared.cuh"
#include "kernels/sm90/grouped_gemm.hpp"

namespace nvfp4bench::kernels::sm90 {
namespace {

/// Byte offset of the scale of block `s` of row `r` in the 128x4 blocked layout; s4 = blocks of k, rounded up
/// to 4.
NVFP4BENCH_DEVICE uint64_t scale_offset(uint32_t r, uint32_t s, uint32_t s4) {
  return (uint64_t{r / 128} * (s4 / 4) + s / 4) * 512 + r % 32 * 16 + r % 128 / 32 * 4 + s % 4;
}

/// Block row y is one product. Thread (row, chunk, word, half) reads word `word` of each of the four 64-value
/// runs of its chunk, and keeps nibbles (0, 4), (1, 5) or (2, 6), (3, 7): slots 8 half .. 8 half + 7 of steps
/// 2 word and 2 word + 1 (layout.hpp). Rows up to the next multiple of 8 and k up to the next chunk become
/// zero.
__global__ void __launch_bounds__(kTokenThreads) expand_tokens(const __grid_constant__ Arguments arguments) {
  ptx::launch_dependents();
  const Product& product = arguments.products[ptx::block_idx_y()];
  // Read once and together: the compiler must take every store below for a change of the product.
  const uint8_t* const a_codes = product.a_codes;
  const uint8_t* const a_scales = product.a_scales;
  uint8_t* const tokens = product.tokens;
  const uint32_t m = product.m;
  const uint32_t end_k = product.k;
  const uint32_t rows = round_up(m, 8);
  const uint32_t chunks = chunks_of(end_k);
  const uint32_t s4 = round_up(end_k / 16, 4);
  const uint32_t items = rows * chunks * kTokenThreadsPerChunk;
  for (uint32_t item = ptx::block_idx_x() * kTokenThreads + ptx::thread_idx(); item < items;
       item += ptx::grid_dim_x() * kTokenThreads) {
    const uint32_t half = item % 2;
    const uint32_t word = item / 2 % 8;
    const uint32_t row = item / kTokenThreadsPerChunk % rows;
    const uint32_t chunk = item / kTokenThreadsPerChunk / rows;

    // All loads first: each comes from DRAM, and there is nothing else to wait for.
    uint32_t codes[4] = {};
    uint32_t scales[4] = {};
#pragma unroll
    for (uint32_t lane = 0; lane < 4; ++lane) {
      const uint32_t k = chunk * kChunkK + lane * 64 + word * 8;
      if (row < m && k < end_k) {
        codes[lane] = *reinterpret_cast<const uint32_t*>(a_codes + (uint64_t{row} * end_k + k) / 2);
        scales[lane] = a_scales[scale_offset(row, k / 16, s4)];
      }
    }
    ptx::Words<4> steps[2];
#pragma unroll
    for (uint32_t lane = 0; lane < 4; ++lane) {
      const uint32_t scale_twice = ptx::low_half_twice(parts::low_scales(scales[lane]));
      const parts::Pairs low = parts::low_nibbles(codes[lane], scale_twice, {});
      const parts::Pairs high = parts::high_nibbles(codes[lane], scale_twice);
      constexpr uint32_t kTwoTo7 = 0x58005800;  // back to true values
      steps[0].word[lane] = ptx::multiply_f16x2(half == 0 ? low.even : low.odd, kTwoTo7);
      steps[1].word[lane] = ptx::multiply_f16x2(half == 0 ? high.even : high.odd, kTwoTo7);
    }

    const uint32_t panel = chunk * kPanelsPerChunk + word / 2;
    auto* out = reinterpret_cast<ptx::Words<4>*>(tokens + (uint64_t{panel} * rows + row) * kRowBytes);
    for (uint32_t e = 0; e < 2; ++e) out[swizzle128(row, word % 2 * 4 + 2 * e + half)] = steps[e];
  }
}

}  // namespace

void launch_expand_tokens(const Arguments& arguments, uint32_t products, uint32_t blocks,
                          CUstream_st* stream) {
  expand_tokens<<<dim3(blocks, products), kTokenThreads, 0, stream>>>(arguments);
  cuda::check(cudaGetLastError(), "launching the pre-pass over a");
}

}  // namespace nvfp4bench::kernels::sm90
