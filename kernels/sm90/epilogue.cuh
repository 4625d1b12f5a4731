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

/// fp32: a quad of lanes with equal l % 4 already writes 32 contiguous bytes.
template <uint32_t kColumns>
NVFP4BENCH_DEVICE void store_f32(const float (&y)[kColumns / 2], const Destination& to) {
  auto* c = static_cast<float*>(to.c);
  const uint32_t n = to.first_n + ptx::lane_idx() / 4;
  const uint32_t m = to.first_m + ptx::lane_idx() % 4 * 2;
#pragma unroll
  for (uint32_t i = 0; i < kColumns / 2; ++i) {
    const uint32_t row = m + i / 4 * 8 + i % 2;
    const uint32_t column = n + i % 4 / 2 * 8;
    if (row < to.end_m && column < to.n) c[uint64_t{row} * to.n + column] = y[i];
  }
}

/// 16-bit types: 16 tokens at a time are transposed through `patch`, so that lanes write 16 contiguous bytes.
template <uint32_t kColumns, class Pack>
NVFP4BENCH_DEVICE void store_16bit(const float (&y)[kColumns / 2], const Destination& to,
                                   ptx::SharedAddress patch, Pack pack) {
  auto* c = static_cast<uint16_t*>(to.c);
  const uint32_t lane = ptx::lane_idx();
  // Matrix i of a store holds columns 8 (i % 2) .. of tokens 8 (i / 2) ..; a token's 16 columns are 32 bytes.
  const ptx::SharedAddress write = patch + (lane / 16 * 8 + lane % 8) * 32 + lane / 8 % 2 * 16;
  const ptx::SharedAddress read = patch + lane * 16;
  const uint32_t n = to.first_n + lane % 2 * 8;
  const bool whole_vectors = to.n % 8 == 0;
#pragma unroll
  for (uint32_t first = 0; first < kColumns; first += 16) {
    uint32_t matrix[4] = {};
#pragma unroll
    for (uint32_t i = 0; i < 4; ++i) {
      const uint32_t j = 4 * (first / 8 + i / 2) + 2 * (i % 2);
      if (j < kColumns / 2) matrix[i] = pack(y[j], y[j + 1]);
    }
    ptx::store_matrices_transposed(write, matrix);
    ptx::sync_warp();
    const ptx::Words<4> values = ptx::load_shared_words<4>(read);
    ptx::sync_warp();
    const uint32_t row = to.first_m + first + lane / 2;
    if (row >= to.end_m || n >= to.n) continue;
    uint16_t* at = c + uint64_t{row} * to.n + n;
    if (whole_vectors) {
      *reinterpret_cast<ptx::Words<4>*>(at) = values;
    } else {
#pragma unroll
      for (uint32_t i = 0; i < 8; ++i) {
        if (n + i < to.n) at[i] = static_cast<uint16_t>(values.word[i / 2] >> i % 2 * 16);
      }
    }
  }
}

/// Rounds and writes the 16 x kColumns results of this warp. Whole warp.
template <uint32_t kColumns>
NVFP4BENCH_DEVICE void store_tile(const float (&y)[kColumns / 2], const Destination& to, OutputType type,
                                  ptx::SharedAddress patch) {
  if (type == OutputType::f32) {
    store_f32<kColumns>(y, to);
  } else if (type == OutputType::f16) {
    store_16bit<kColumns>(y, to, patch, [](float a, float b) { return ptx::f16x2_from_f32(a, b); });
  } else {
    store_16bit<kColumns>(y, to, patch, [](float a, float b) { return ptx::bf16x2_from_f32(a, b); });
  }
}

}  // namespace nvfp4bench::kernels::sm90
