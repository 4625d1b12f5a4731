// How far a declared accumulator may be from the exact dot product of two rows, in units of 2^-20.
//
// Every bound is rigorous for the model that the contract names (model/numerics.hpp) and computed from the
// data of the two rows. Sources: Higham, Accuracy and Stability of Numerical Algorithms, section 4.2, for the
// running error of recursive summation; tree_bound.cpp, merge_bound.cpp and mma_bound.hpp for the others.
#pragma once

#include <cstdint>

#include "model/numerics.hpp"
#include "validate/unpacked_row.hpp"

namespace nvfp4bench::validate {

/// The exact dot product, in units of 2^-20.
int64_t exact_sum(const RowView& a, const RowView& b);

/// Bound on |computed - exact|. Zero where the data prove that nothing can be rounded.
double accumulator_error(const Numerics& numerics, const RowView& a, const RowView& b);

/// At least accumulator_error of every pair of rows whose norms multiply to `norm_product` (units of 2^-20):
/// sum|ab| <= |a| |b|, Cauchy-Schwarz. Cheap, and never a reason to accept.
double largest_accumulator_error(const Numerics& numerics, int64_t k, double norm_product);

}  // namespace nvfp4bench::validate
