// How many bytes the scales of a matrix take: tiles of 128 rows x 4 columns, 512 bytes each, padding included.
// nvfp4/scale_layout.hpp has the places in them. For host and device code.
#pragma once

#include <cstdint>

#include "model/problem.hpp"

namespace nvfp4bench {

inline constexpr int64_t kScaleTileRows = 128;
inline constexpr int64_t kScaleTileCols = 4;
inline constexpr int64_t kScaleTileBytes = kScaleTileRows * kScaleTileCols;

/// Tiles beside each other: k/16 columns in groups of four, rounded up.
constexpr int64_t scale_tiles_per_row(int64_t k) {
  return (k / kScaleBlock + kScaleTileCols - 1) / kScaleTileCols;
}

/// Bytes of the scales of rows x k values, padding included.
constexpr int64_t blocked_scale_bytes(int64_t rows, int64_t k) {
  return (rows + kScaleTileRows - 1) / kScaleTileRows * scale_tiles_per_row(k) * kScaleTileBytes;
}

}  // namespace nvfp4bench
