// The 128x4 blocked layout of scale factors that cuBLAS and CUTLASS read ("1D block scaling factors layout"
// in the cuBLAS manual). Scales form a matrix of `rows` x k/16, stored as tiles of 128 rows x 4 columns, 512
// bytes each, tiles row-major. Rows are padded to 128 and columns to 4. The padding of columns, along K, is zero;
// that of rows may hold anything. Inside a tile
//
//   byte (r % 32) 16 + (r / 32) 4 + s        holds row r, column s:  [32][4][4] over (r % 32, r / 32, s)
//
// so that the four scales of one row and 64 k are adjacent. Offsets are for one l; l is the slowest
// dimension. For host and device code.
#pragma once

#include <cstdint>

#include "model/scale_tiles.hpp"

namespace nvfp4bench::nvfp4 {

using nvfp4bench::blocked_scale_bytes;
using nvfp4bench::kScaleTileBytes;
using nvfp4bench::kScaleTileCols;
using nvfp4bench::kScaleTileRows;
using nvfp4bench::scale_tiles_per_row;

/// Offset in bytes of the scale of row `r` and block `s` (= k index / 16) of a matrix with `k` values a row.
constexpr int64_t blocked_scale_offset(int64_t r, int64_t s, int64_t k) {
  const int64_t tile = r / kScaleTileRows * scale_tiles_per_row(k) + s / kScaleTileCols;
  return tile * kScaleTileBytes + r % 32 * 16 + r % kScaleTileRows / 32 * 4 + s % kScaleTileCols;
}

/// linear: [rows][k/16]; blocked: blocked_scale_bytes(rows, k), padding set to zero.
constexpr void linear_to_blocked(const uint8_t* linear, int64_t rows, int64_t k, uint8_t* blocked) {
  for (int64_t i = 0; i < blocked_scale_bytes(rows, k); ++i) blocked[i] = 0;
  const int64_t blocks = k / kScaleBlock;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t s = 0; s < blocks; ++s) blocked[blocked_scale_offset(r, s, k)] = linear[r * blocks + s];
  }
}

/// The inverse; padding is not read.
constexpr void blocked_to_linear(const uint8_t* blocked, int64_t rows, int64_t k, uint8_t* linear) {
  const int64_t blocks = k / kScaleBlock;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t s = 0; s < blocks; ++s) linear[r * blocks + s] = blocked[blocked_scale_offset(r, s, k)];
  }
}

}  // namespace nvfp4bench::nvfp4
