// From accumulators to c. A warp holds some 8-wide blocks of columns of c by the tile's tokens, its rows; it
// takes a few 8 x 8 matrices at a time, a matrix being two outputs of every lane. The warps of a warpgroup
// have neighbouring columns, and exchange results so that each writes longer pieces of rows.
#pragma once

#include "kernels/parts/silu.cuh"
#include "kernels/ptx/arithmetic.cuh"
#include "kernels/ptx/global.cuh"
#include "kernels/ptx/shared.cuh"
#include "kernels/sm90/device/arguments.hpp"

namespace nvfp4bench::kernels::sm90 {

/// Where a warpgroup's results go: from column first_n on, rows first_m .. end_m - 1 of c, an m x n matrix.
struct Destination {
  void* c = nullptr;
  uint32_t n = 0;
  uint32_t first_n = 0;
  uint32_t first_m = 0;
  uint32_t end_m = 0;
};

/// Matrices that a warp takes at a time: as many as keep its lanes busy, four at least for the transposition.
template <Shape kShape, uint32_t kColumns>
inline constexpr uint32_t kPartMatrices = kColumns / 8 * kShape.warp_column_blocks() > 4 ? 8 : 4;

/// One part's outputs before rounding: lane l has column l / 4 of rows 2(l % 4) and + 1 of every matrix.
/// Matrix i is column block i % kColumnBlocks, token block i / kColumnBlocks.
template <uint32_t kMatrices>
struct Part {
  float y[kMatrices][2];
};

/// The accumulators of matrix (column block, token block): gate, or the only one; and up.
template <Shape kShape, uint32_t kColumns>
NVFP4BENCH_DEVICE void pick_matrix(const float (&acc)[kShape.accumulators()][kColumns / 2],
                                   uint32_t column_block, uint32_t token_block, float (&gate)[2],
                                   float (&up)[2]) {
#pragma unroll
  for (uint32_t e = 0; e < 2; ++e) {
    const uint32_t first = 4 * token_block + e;
    if constexpr (kShape.fusion == Fusion::interleaved) {
      gate[e] = acc[column_block][first];
      up[e] = acc[column_block][first + 2];
    } else {
      gate[e] = acc[column_block / 2][first + 2 * (column_block % 2)];
      up[e] = acc[kShape.accumulators() - 1][first + 2 * (column_block % 2)];
    }
  }
}

/// The outputs of the first token blocks.
template <Shape kShape, uint32_t kColumns>
NVFP4BENCH_DEVICE Part<kPartMatrices<kShape, kColumns>> compute_part(
    const float (&acc)[kShape.accumulators()][kColumns / 2], float alpha1, float alpha2) {
  constexpr uint32_t kColumnBlocks = kShape.warp_column_blocks();
  Part<kPartMatrices<kShape, kColumns>> part{};
#pragma unroll
  for (uint32_t i = 0; i < kPartMatrices<kShape, kColumns>; ++i) {
    if (i / kColumnBlocks >= kColumns / 8) continue;
    float gate[2];
    float up[2];
    pick_matrix<kShape, kColumns>(acc, i % kColumnBlocks, i / kColumnBlocks, gate, up);
#pragma unroll
    for (uint32_t e = 0; e < 2; ++e) {
      part.y[i][e] = alpha1 * gate[e];
      if constexpr (kShape.fusion != Fusion::none)
        part.y[i][e] = parts::silu_mul(part.y[i][e], alpha2 * up[e]);
    }
  }
  return part;
}

/// fp32: lanes with equal l % 4 already write 32 contiguous bytes. `warp` counts within the warpgroup.
template <uint32_t kColumnBlocks, uint32_t kMatrices>
NVFP4BENCH_DEVICE void store_f32(const Part<kMatrices>& part, const Destination& to, uint32_t warp) {
  auto* c = static_cast<float*>(to.c);
#pragma unroll
  for (uint32_t i = 0; i < kMatrices; ++i) {
#pragma unroll
    for (uint32_t e = 0; e < 2; ++e) {
      const uint32_t row = to.first_m + i / kColumnBlocks * 8 + ptx::lane_idx() % 4 * 2 + e;
      const uint32_t n = to.first_n + (warp * kColumnBlocks + i % kColumnBlocks) * 8 + ptx::lane_idx() / 4;
      if (row < to.end_m && n < to.n) ptx::store_global(&c[uint64_t{row} * to.n + n], part.y[i][e]);
    }
  }
}

/// The warpgroup's patch: rows of c, each of one 16-byte piece a column block. Pieces are swizzled, so that
/// the eight rows of a matrix lie in different banks.
template <uint32_t kRowPieces>
NVFP4BENCH_DEVICE uint32_t patch_offset(uint32_t row, uint32_t piece) {
  const uint32_t swizzle = kRowPieces >= 8 ? row % 8 : row / 2 % 4;
  static_assert(kRowPieces >= 4);
  return (row * kRowPieces + (piece ^ swizzle)) * 16;
}

/// 16-bit types: transposed into the patch, from which lanes write 16 contiguous bytes, and a few lanes a
/// piece of a row. Whole warpgroup; `warp` counts within it and `barrier` is its own.
template <uint32_t kColumnBlocks, uint32_t kMatrices>
NVFP4BENCH_DEVICE void store_16bit(const Part<kMatrices>& part, const Destination& to, OutputType type,
                                   ptx::SharedAddress patch, uint32_t warp, uint32_t barrier) {
  constexpr uint32_t kRowPieces = 4 * kColumnBlocks;
  const uint32_t lane = ptx::lane_idx();
#pragma unroll
  for (uint32_t first = 0; first < kMatrices; first += 4) {
    uint32_t matrices[4];
#pragma unroll
    for (uint32_t i = 0; i < 4; ++i) {
      const float(&y)[2] = part.y[first + i];
      matrices[i] =
          type == OutputType::f16 ? ptx::f16x2_from_f32(y[0], y[1]) : ptx::bf16x2_from_f32(y[0], y[1]);
    }
    const uint32_t matrix = first + lane / 8;
    const uint32_t row = matrix / kColumnBlocks * 8 + lane % 8;
    const uint32_t piece = warp * kColumnBlocks + matrix % kColumnBlocks;
    ptx::store_matrices_transposed(patch + patch_offset<kRowPieces>(row, piece), matrices);
  }
  ptx::sync_threads(barrier, ptx::kWarpgroupThreads);
#pragma unroll
  for (uint32_t first = 0; first < 4 * kMatrices * 8; first += ptx::kWarpgroupThreads) {
    const uint32_t index = first + warp * ptx::kWarpThreads + lane;
    const uint32_t row = to.first_m + index / kRowPieces;
    const uint32_t n = to.first_n + index % kRowPieces * 8;
    if (row >= to.end_m || n >= to.n) continue;
    const ptx::SharedAddress from = patch + patch_offset<kRowPieces>(index / kRowPieces, index % kRowPieces);
    uint16_t* at = static_cast<uint16_t*>(to.c) + uint64_t{row} * to.n + n;
    if (to.n % 8 == 0) {
      ptx::store_global(reinterpret_cast<ptx::Words<4>*>(at), ptx::load_shared_words<4>(from));
    } else {
#pragma unroll 1
      for (uint32_t i = 0; i < 8 && n + i < to.n; ++i) {
        const auto value = static_cast<uint16_t>(ptx::load_shared(from + i / 2 * 4) >> i % 2 * 16);
        ptx::store_global(&at[i], value);
      }
    }
  }
  ptx::sync_threads(barrier, ptx::kWarpgroupThreads);
}

/// Activation, rounding and stores of a warpgroup's accumulators. Whole warpgroup; `patch` and `barrier` are
/// its own. A loop of little code, because a block comes here once a tile: most of its time would go
/// into fetching instructions. Registers cannot be indexed, so the loop works on the first accumulators and
/// moves the others down.
template <Shape kShape, uint32_t kColumns>
NVFP4BENCH_DEVICE void store_tile(float (&acc)[kShape.accumulators()][kColumns / 2], Destination to,
                                  float alpha1, float alpha2, OutputType type, ptx::SharedAddress patch,
                                  uint32_t warp, uint32_t barrier) {
  constexpr uint32_t kColumnBlocks = kShape.warp_column_blocks();
  constexpr uint32_t kPartRows = kPartMatrices<kShape, kColumns> / kColumnBlocks * 8;
  const auto move_down = [&] {
#pragma unroll
    for (uint32_t a = 0; a < kShape.accumulators(); ++a) {
#pragma unroll
      for (uint32_t i = kPartRows / 2; i < kColumns / 2; ++i) acc[a][i - kPartRows / 2] = acc[a][i];
    }
    to.first_m += kPartRows;
  };
  if (type == OutputType::f32) {
#pragma unroll 1
    for (uint32_t row = 0; row < kColumns; row += kPartRows, move_down())
      store_f32<kColumnBlocks>(compute_part<kShape, kColumns>(acc, alpha1, alpha2), to, warp);
  } else {
#pragma unroll 1
    for (uint32_t row = 0; row < kColumns; row += kPartRows, move_down()) {
      store_16bit<kColumnBlocks>(compute_part<kShape, kColumns>(acc, alpha1, alpha2), to, type, patch, warp,
                                 barrier);
    }
  }
}

}  // namespace nvfp4bench::kernels::sm90
