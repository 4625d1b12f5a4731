// Packing for the exact reference: scales to integers, NaN flags, norms. Weights are packed by
// ExactKernels::pack_panel, from pointers and words that are gathered here.
#pragma once

#include <cstdint>

#include "model/views.hpp"
#include "validate/exact_kernels.hpp"
#include "validate/exact_layout.hpp"

namespace nvfp4bench::validate {

/// Makes room for `rows` rows of k values.
void resize(PackedRows& packed, int64_t rows, int64_t k);

/// Packs rows [first, first + count) of batch l of `a` as tile `tile`; count <= kTileRows. Sets nan[i] where
/// row first + i has a NaN scale.
void pack_tile(const MatrixView& a, int64_t l, int64_t first, int count, int64_t tile, PackedRows& packed,
               uint8_t* nan);

/// Packs rows [first, first + count) of batch l of `b`, blocks [first_block, first_block + blocks), as a
/// panel; count <= kPanelColumns. Sets nan[i] where row first + i has a NaN scale among those blocks.
void pack_panel(const MatrixView& b, int64_t l, int64_t first, int count, int64_t first_block, int64_t blocks,
                const ExactKernels& kernels, ColumnPanel& panel, uint8_t* nan);

}  // namespace nvfp4bench::validate
