// The error of sums of which each part of K has a share.
#pragma once

#include "model/numerics.hpp"
#include "validate/unpacked_row.hpp"

namespace nvfp4bench::validate {

/// Bound on |computed - exact|, in units of 2^-20, of the sum of a split K: what every part loses, by the
/// numerics without the split, and what adding the parts loses.
double split_error(const Numerics& numerics, const RowView& a, const RowView& b);

}  // namespace nvfp4bench::validate
