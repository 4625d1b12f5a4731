#include "validate/epilogue_bound.hpp"

#include <algorithm>
#include <cmath>

#include "validate/outward.hpp"

namespace nvfp4bench::validate {
namespace {

constexpr double kUnit = 0x1p-20;          // of an accumulator
constexpr double kFp32Roundoff = 0x1p-24;  // relative error of one fp32 rounding to nearest

/// Below this an fp32 result may be subnormal, where the error of a rounding is absolute.
constexpr double kFp32SmallestNormal = 0x1p-126;
constexpr double kFp32SmallestSubnormal = 0x1p-149;

/// Beyond e^-g = 2^126, fast divisions and reciprocals (__fdividef, rcp.approx.ftz) may return 0, and e^-g
/// soon overflows fp32.
constexpr double kLargestExpArgument = 126 * 0.6931471805599453;

/// Largest slope of silu anywhere is 1.0998.
constexpr double kSiluSlope = 1.1;

/// The double arithmetic of this file: a few roundings of 2^-53 each, the exponential's argument magnified
/// by |g|. As many in the error terms themselves are kOutward's.
constexpr double kDoubleRoundoff = 0x1p-50;

/// Error of rounding a number of at most this magnitude to fp32.
double fp32_rounding(double magnitude, bool only_underflow = false) {
  const double underflow = magnitude > 0 && magnitude < 2 * kFp32SmallestNormal ? kFp32SmallestSubnormal : 0;
  return (only_underflow ? 0 : kFp32Roundoff * magnitude) + underflow;
}

bool is_power_of_two_or_zero(float alpha) {
  int exponent;
  return alpha == 0 || std::abs(std::frexp(alpha, &exponent)) == 0.5f;
}

/// alpha times an accumulator, rounded to fp32 unless that rounding is the store itself.
Bounded scale(float alpha, const Accumulated& acc, bool rounded) {
  const double y = alpha * (static_cast<double>(acc.sum) * kUnit);
  double error = std::abs(double{alpha}) * acc.error * kUnit;
  if (rounded) error += fp32_rounding(std::abs(y) + error, is_power_of_two_or_zero(alpha));
  return {y, error};
}

/// silu and its slope in double, with one exponential that cannot overflow.
struct Silu {
  double value;
  double slope;
  double one_minus_sigma;

  explicit Silu(double g) {
    const double t = std::exp(-std::abs(g));
    const double large = 1 / (1 + t);
    const double small = t / (1 + t);
    const double sigma = g < 0 ? small : large;
    one_minus_sigma = g < 0 ? large : small;
    value = g * sigma;
    slope = sigma * (1 + g * one_minus_sigma);
  }
};

/// How far the computed silu of a number within g.error of g.y is from silu(g.y).
double silu_error(const Bounded& g, const Silu& silu, const SiluTier& tier) {
  // Taylor's theorem with |silu''| <= 1/2.
  const double moved = std::min((std::abs(silu.slope) + kDoubleRoundoff) * g.error + g.error * g.error / 4,
                                kSiluSlope * g.error);
  const double magnitude = std::abs(silu.value) + moved;
  // The tier's error holds at the computed argument: |sigma'| <= 1/4.
  const double one_minus_sigma = std::min(1.0, silu.one_minus_sigma + g.error / 4);
  const double tier_error =
      kFp32Roundoff *
      (one_minus_sigma * (tier.exp_per_g * (std::abs(g.y) + g.error) + tier.exp_base) + tier.division);
  const double flushed = g.y - g.error < -kLargestExpArgument ? magnitude : 0;
  return moved + tier_error * magnitude + fp32_rounding(magnitude, true) + flushed;
}

Bounded bound_gemm(const Epilogue& epilogue, const Accumulated& acc1) {
  Bounded result = scale(epilogue.alpha1, acc1, epilogue.output != OutputType::f32);
  // Without any error the sum fits fp32, so that y has at most 48 bits and is exact: ties stay ties.
  if (result.error > 0) result.error = (result.error + kDoubleRoundoff * std::abs(result.y)) * kOutward;
  return result;
}

Bounded bound_dual(const Epilogue& epilogue, const Accumulated& acc1, const Accumulated& acc2) {
  const Bounded g = scale(epilogue.alpha1, acc1, true);
  const Bounded u = scale(epilogue.alpha2, acc2, true);
  const Silu silu(g.y);
  const double s = std::abs(silu.value);
  const double s_error = silu_error(g, silu, epilogue.silu);

  const double y = silu.value * u.y;
  double error = s * u.error + std::abs(u.y) * s_error + s_error * u.error;
  // Stores to fp32 round the last product once; narrower ones round it to fp32 first.
  if (epilogue.output != OutputType::f32) error += fp32_rounding((s + s_error) * (std::abs(u.y) + u.error));
  error += kDoubleRoundoff * (2 + std::abs(g.y)) * std::abs(y);
  return {y, error * kOutward};
}

}  // namespace

double exact_output(const Epilogue& epilogue, int64_t sum1, int64_t sum2) {
  const double g = epilogue.alpha1 * (static_cast<double>(sum1) * kUnit);
  if (epilogue.op == Op::gemm) return g;
  return Silu(g).value * (epilogue.alpha2 * (static_cast<double>(sum2) * kUnit));
}

Bounded bound_output(const Epilogue& epilogue, const Accumulated& acc1, const Accumulated& acc2) {
  return epilogue.op == Op::gemm ? bound_gemm(epilogue, acc1) : bound_dual(epilogue, acc1, acc2);
}

}  // namespace nvfp4bench::validate
