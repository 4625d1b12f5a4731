// Rounding bounds outward.
#pragma once

namespace nvfp4bench::validate {

/// Covers the roundings of the double arithmetic that computes a bound: a few thousand additions of positive
/// numbers at most.
inline constexpr double kOutward = 1 + 0x1p-40;

}  // namespace nvfp4bench::validate
