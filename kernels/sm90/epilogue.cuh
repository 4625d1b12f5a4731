// From accumulators to c. A warp holds 16 weight rows (columns n of c) by the tile's tokens (rows m of c).
#pragma once

#include "kernels/ptx/arithmetic.cuh"
#include "kernels/ptx/shared.cuh"
#include "model/problem.hpp"

namespace nvfp4bench::kernels::sm90 {

/// Where a warp's results go: the 16 columns from `first_n` of rows first_m .. end_m - 1 of c, an m x n
/// matrix.
struct Destination {
  void* c = nullptr;
  uint32_t n = 0;
  uint32_t first_n = 0;
  uint32_t first_m = 0;
  uint32_t end_m = 0;
};

/// The epilogue takes 8 tokens at a time: 4 accumulators of a thread.
inline constexpr uint32_t kPartTokens = 8;

/// The accumulators of tokens 8 part .. 8 part + 7. Registers cannot be indexed: branches pick those to copy,
/// first among groups of 32 tokens.
template <uint32_t kColumns>
NVFP4BENCH_DEVICE void pick_part(const float (&acc)[2][kColumns / 2], uint32_t part,
                                 float (&y)[2][kPartTokens / 2]) {
  constexpr uint32_t kGroup = 4;
#pragma unroll
  for (uint32_t first = 0; first < kColumns / kPartTokens; first += kGroup) {
    if (part / kGroup != first / kGroup) continue;
#pragma unroll
    for (uint32_t p = first; p < first + kGroup && p < kColumns / kPartTokens; ++p) {
      if (part != p) continue;
      ptx::sync_warp();  // keeps the compiler from selecting among all of them
#pragma unroll
      for (uint32_t i = 0; i < kPartTokens / 2; ++i) {
        y[0][i] = acc[0][p * kPartTokens / 2 + i];
        y[1][i] = acc[1][p * kPartTokens / 2 + i];
      }
    }
  }
}

/// fp32: a quad of lanes with equal l % 4 already writes 32 contiguous bytes.
NVFP4BENCH_DEVICE void store_f32(const float (&y)[kPartTokens / 2], const Destination& to) {
  auto* c = static_cast<float*>(to.c);
  const uint32_t n = to.first_n + ptx::lane_idx() / 4;
  const uint32_t m = to.first_m + ptx::lane_idx() % 4 * 2;
#pragma unroll
  for (uint32_t i = 0; i < kPartTokens / 2; ++i) {
    const uint32_t row = m + i % 2;
    const uint32_t column = n + i / 2 * 8;
    if (row < to.end_m && column < to.n) c[uint64_t{row} * to.n + column] = y[i];
  }
}

/// 16-bit types: transposed through `patch`, so that lanes write 16 contiguous bytes. matrix[i] holds columns
/// 8 i .. 8 i + 7; a token's 16 columns are 32 bytes of the patch.
NVFP4BENCH_DEVICE void store_16bit(const uint32_t (&matrix)[2], const Destination& to,
                                   ptx::SharedAddress patch) {
  const uint32_t lane = ptx::lane_idx();
  ptx::store_matrices_transposed(patch + lane % 8 * 32 + lane / 8 % 2 * 16, matrix);
  ptx::sync_warp();
  const uint32_t row = to.first_m + lane / 2;
  const uint32_t n = to.first_n + lane % 2 * 8;
  if (lane < 2 * kPartTokens && row < to.end_m && n < to.n) {
    const ptx::SharedAddress from = patch + lane * 16;
    uint16_t* at = static_cast<uint16_t*>(to.c) + uint64_t{row} * to.n + n;
    if (to.n % 8 == 0) {
      *reinterpret_cast<ptx::Words<4>*>(at) = ptx::load_shared_words<4>(from);
    } else {
#pragma unroll 1
      for (uint32_t i = 0; i < 8 && n + i < to.n; ++i)
        at[i] = static_cast<uint16_t>(ptx::load_shared(from + i / 2 * 4) >> i % 2 * 16);
    }
  }
  ptx::sync_warp();
}

/// Rounds and writes 16 columns of 8 tokens. Whole warp; `patch` is its own.
NVFP4BENCH_DEVICE void store_part(const float (&y)[kPartTokens / 2], const Destination& to, OutputType type,
                                  ptx::SharedAddress patch) {
  if (type == OutputType::f32) return store_f32(y, to);
  uint32_t matrix[2];
#pragma unroll
  for (uint32_t i = 0; i < 2; ++i) {
    matrix[i] = type == OutputType::f16 ? ptx::f16x2_from_f32(y[2 * i], y[2 * i + 1])
                                        : ptx::bf16x2_from_f32(y[2 * i], y[2 * i + 1]);
  }
  store_16bit(matrix, to, patch);
}

}  // namespace nvfp4bench::kernels::sm90
