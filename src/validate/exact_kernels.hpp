// The inner loops of the exact reference, one set for each instruction set.
#pragma once

#include <array>
#include <cstdint>

#include "model/isa.hpp"
#include "validate/exact_layout.hpp"

namespace nvfp4bench::validate {

using ColumnPointers = std::array<const uint8_t*, kPanelColumns>;
/// The scale codes of four blocks of a column, the first in the low byte.
using ScaleWords = uint32_t[kChunkBlocks / 4][kPanelColumns];

/// One tile of a over one chunk.
struct TileView {
  const uint8_t* codes = nullptr;   // [block][kTileRows][16]
  const int32_t* scales = nullptr;  // [block][kTileRows]
  const int32_t* shifts = nullptr;  // [kTileRows]
};

/// Adds the products of a tile and a panel over their first `blocks` blocks to `acc`, [rows][kPanelColumns],
/// in units of 2^-20. The number of rows is fixed for each kernel.
using TileKernel = void (*)(const TileView& tile, const ColumnPanel& panel, int64_t blocks, int64_t* acc);

/// Fills the first `blocks` blocks of a panel, all of it, from packed codes and scale codes. `columns`
/// points at each column's first byte.
using PackPanel = void (*)(const ColumnPointers& columns, const ScaleWords& scale_words, int64_t blocks,
                           ColumnPanel& panel);

struct ExactKernels {
  PackPanel pack_panel;
  /// [rows - 1]. Exact for all data.
  std::array<TileKernel, kTileRows> any_scale;
  /// [rows - 1]. Exact if the panel is narrow and sums_fit_int32(tile, panel).
  std::array<TileKernel, kTileRows> int32_sums;
};

/// By Cauchy and Schwarz, |sum x y| <= sqrt(sum x^2 sum y^2). With squared norms whose product is below 2^62,
/// the sum over the chunk is below 2^31. Whatever the partial sums do, adding modulo 2^32 then gives it.
constexpr bool sums_fit_int32(uint64_t row_norm, uint64_t column_norm) {
  constexpr uint64_t kLimit = (uint64_t{1} << 62) - 1;
  return column_norm == 0 || row_norm <= kLimit / column_norm;
}

extern const ExactKernels kPortableKernels;
#if defined(__x86_64__)
extern const ExactKernels kAvx2Kernels;
#endif

}  // namespace nvfp4bench::validate
