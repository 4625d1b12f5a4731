// The error of fp32 additions in a tree of declared shape.
#pragma once

#include "model/numerics.hpp"
#include "validate/unpacked_row.hpp"

namespace nvfp4bench::validate {

/// Bound on |computed - exact|, in units of 2^-20, under Accumulator::fp32_tree. Zero where the data prove that
/// no tree of this kind rounds.
double tree_error(const SumTree& tree, const RowView& a, const RowView& b);

}  // namespace nvfp4bench::validate
