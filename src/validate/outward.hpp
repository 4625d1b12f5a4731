// Rounding bounds outward.
#pragma once

#include "model/problem.hpp"

namespace nvfp4bench::validate {

/// The longest sum of a bound is running_mma_error's at kMaxK: in every step of 8 products, each of those
/// may add once, and the accumulator twice. All other bounds add once a product, or less often.
inline constexpr double kMostAdditions = kMaxK / 8.0 * (8 + 2);

/// Covers the roundings of the double arithmetic that computes a bound. A sum of n positive numbers is off by
/// n 2^-53 of itself at most (to first order; Higham, section 4.2). As much again covers the second order and
/// the few products that follow.
inline constexpr double kOutward = 1 + 0x1p-31;
static_assert(2 * kMostAdditions * 0x1p-53 <= kOutward - 1);

}  // namespace nvfp4bench::validate
