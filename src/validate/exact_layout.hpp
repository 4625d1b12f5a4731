// How the exact reference lays its operands out: rows of a in tiles, weights in panels of 16 columns.
//
// The judge shares no code with the judged: nothing under kernels/ is used here, only the scalar codecs of
// nvfp4/, so that a fault in a kernel's packing or arithmetic cannot also be in the reference.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "model/problem.hpp"

namespace nvfp4bench::validate {

/// Rows of a, columns of the output and scale blocks of K that a tile kernel takes at once. A panel of one
/// chunk stays in L1 while the tiles of a pass by.
inline constexpr int kTileRows = 6;
inline constexpr int kPanelColumns = 16;
inline constexpr int kChunkBlocks = 64;

/// A block of 16 k is four steps of four. The 8 packed bytes of a block are two words; the low nibbles of a
/// word are one step, the high nibbles the next, so that unpacking moves no nibble across bytes. The order
/// within a block does not matter to its dot product as long as both operands agree.
inline constexpr int kSteps = 4;
inline constexpr int kStepValues = 4;

/// Added to twice the value of a, to make it the unsigned operand that vpmaddubsw wants: 4..28.
inline constexpr int kOffset = 16;

/// The exponent of the largest power of two that divides all integers whose bits are or-ed in `bits`.
constexpr int common_shift(int32_t bits) {
  return bits == 0 ? 0 : std::countr_zero(static_cast<uint32_t>(bits));
}

/// Rows of a, packed. Scales of a row and chunk are integers (units of 2^-9) with their common power of two
/// taken out: `scales` times 2^shift is the scale. NaN scales are 0.
struct PackedRows {
  int64_t blocks = 0;  // of K
  int64_t chunks = 0;
  std::vector<uint8_t> codes;   // [tile][block][kTileRows][16], 2 a + kOffset
  std::vector<int32_t> scales;  // [tile][block][kTileRows], at most 229,376
  std::vector<int32_t> shifts;  // [tile][chunk][kTileRows]
  /// [tile][chunk]: the largest sum of (2 a scale)^2 of a row over the chunk: its squared norm.
  std::vector<uint64_t> norms;
};

/// 16 rows of a weight (columns of the output) over one chunk of K. Columns beyond the edge of the matrix
/// have scale 0.
struct alignas(64) ColumnPanel {
  int8_t codes[kChunkBlocks][kSteps][kPanelColumns][kStepValues];  // 2 b
  /// -kOffset times the sum of the values that each 16-bit lane of vpmaddubsw adds up over a block.
  int16_t bias[kChunkBlocks][kPanelColumns][2];
  int32_t energies[kChunkBlocks][kPanelColumns];  // sum of (2 b)^2 over a block, at most 2304
  int32_t scales[kChunkBlocks][kPanelColumns];    // as PackedRows::scales, one shift a column
  /// The scale in both 16-bit halves, for vpmaddwd. Holds only if `narrow`: all scales are below 2^15.
  int32_t scale_pairs[kChunkBlocks][kPanelColumns];
  int64_t shifts[kPanelColumns];
  int32_t nan[kPanelColumns];  // 1 where the column has a NaN scale, which counts as 0
  uint64_t norm;               // the largest squared norm of a column: sum of (2 b scale)^2 over the chunk
  bool narrow;
};

}  // namespace nvfp4bench::validate
