// Which integers fp32 holds, and what it loses of others. Numbers are in units of 2^-20, far from where fp32
// overflows or is subnormal.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace nvfp4bench::validate {

/// A number of units of at most this magnitude is an fp32 number.
inline constexpr double kFp32Units = 0x1p24;

/// 0 for 0.
inline double lowest_bit(int64_t x) { return static_cast<double>(x & -x); }

/// floor(log2 |x|) of an integer other than 0.
inline int exponent(int64_t x) {
  return static_cast<int>(std::bit_width(static_cast<uint64_t>(std::abs(x)))) - 1;
}

inline bool fits_fp32(int64_t sum) {
  const auto magnitude = static_cast<uint64_t>(std::abs(sum));
  return sum == 0 || (magnitude >> std::countr_zero(magnitude)) < (uint64_t{1} << 24);
}

/// The spacing of fp32 numbers at `magnitude`; 0 at 0.
inline double spacing(double magnitude) {
  constexpr uint64_t kExponent = 0x7FF0'0000'0000'0000;
  return std::bit_cast<double>(std::bit_cast<uint64_t>(magnitude) & kExponent) * 0x1p-23;
}

/// What one rounding to nearest can lose.
inline double half_ulp(double magnitude) { return spacing(magnitude) / 2; }

}  // namespace nvfp4bench::validate
