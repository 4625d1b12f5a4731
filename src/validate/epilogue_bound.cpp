// The bound of an output, from what each step of the epilogue may get wrong. x^ is the computed number for x:
//
//   g^ = fl(alpha1 acc1^)    s^ = silu(g^) within its tier    u^ = fl(alpha2 acc2^)    c^ = store(s^ u^)
//
// Gate and up: an accumulator within its error of the exact sum, times alpha, rounded to fp32. Rounding is
// monotone, so g^ lies between what the ends of that range round to at worst. kMaxAlpha keeps all finite.
//
// silu over that interval: silu falls to its only minimum, near -1.28, and rises from there. So |silu(x) -
// silu(g)| and |silu(x)| are largest at an end, or at the minimum if that lies inside. This needs no slope,
// and is as small as it should be where silu is flat: far below zero.
//
// The tier's error at whatever x = g^ is: 2^-24 |silu(x)| ((1 - sigma(x)) (exp_per_g |x| + exp_base) +
// division). With |silu(x)| = |x| sigma(x) that is 2^-24 (exp_per_g f2 + exp_base f1 + division |silu(x)|),
// fn = |x|^n sigma(x) (1 - sigma(x)). Since sigma(-x) = 1 - sigma(x), fn is even; its logarithm has the slope
// n/x - tanh(x/2) for x > 0, so it rises to one peak and falls from there. Each of the three terms is largest
// at an end, or at a peak inside.
//
// Subnormal numbers: a rounding to nearest is off by at most 2^-150, and by no more than the number. Two such
// roundings in silu are not its tier's: that of x e^x, and that of a quotient by 1 to 2. Where e^-x > 2^126:
// - e^x may be subnormal as well, which counts |x| times, unless it rounds to 0: beyond x = -150 ln 2;
// - s^ may be 0. Fast reciprocals and quotients (rcp.approx.ftz: PTX ISA; __fdividef: CUDA programming guide)
//   give 0 there, and e^-x overflows from 2^128 on.
//
// The output: s^ u^ - s u = (s^ - s) u + s^ (u^ - u), at most |s^ - s| |u| + |s^| |u^ - u|. If it is narrower
// than fp32, the product is rounded to fp32 first. The store is the judge's: it rounds both ends of [y +- E].
//
// Double arithmetic: g, u and the ends of their intervals are off by a few roundings of 2^-53, which count as
// part of the intervals: they move silu as far as it is steep there. silu at a given double is off by 6 more
// (exp by two, being within one unit in the last place), and y by one. Where double has 0 for silu, below
// -745, every output type has 0 as well.
#include "validate/epilogue_bound.hpp"

#include <algorithm>
#include <cmath>

#include "validate/outward.hpp"

namespace nvfp4bench::validate {
namespace {

constexpr double kUnit = 0x1p-20;                    // of an accumulator
constexpr double kFp32Roundoff = 0x1p-24;            // relative error of one fp32 rounding to nearest
constexpr double kFp32SubnormalRoundoff = 0x1p-150;  // absolute error of one whose result is subnormal
constexpr double kFp32SmallestNormal = 0x1p-126;

/// Up to eight roundings of 2^-53.
constexpr double kDoubleRoundoff = 0x1p-50;

/// Gates below this may find e^-g > 2^126: 126 ln 2 is 87.34, and e^-g has an error of its own.
constexpr double kFarBelow = -87.3;
/// Roundings to a subnormal in silu, as multiples of the largest: see above.
constexpr double kSubnormalRoundings = 2;
constexpr double kSubnormalRoundingsFarBelow = 2 + 104;

/// A point where a function is largest in magnitude, and that magnitude.
struct Peak {
  double at;
  double magnitude;

  bool inside(double low, double high) const { return low < at && at < high; }
};

// Magnitudes are rounded up.
constexpr Peak kSiluMinimum{-1.2784645427610738, 0.27846454276107385};
constexpr Peak kF1Peak{1.5434046384182085, 0.2238717};
constexpr Peak kF2Peak{2.3993572805154233, 0.4392289};

/// Error of rounding a number of at most this magnitude to fp32.
double fp32_rounding(double magnitude) {
  return magnitude < kFp32SmallestNormal ? std::min(magnitude, kFp32SubnormalRoundoff)
                                         : kFp32Roundoff * magnitude;
}

bool is_power_of_two_or_zero(float alpha) {
  int exponent;
  return alpha == 0 || std::abs(std::frexp(alpha, &exponent)) == 0.5f;
}

/// A number in [y - below, y + above].
struct Interval {
  double y;
  double below;
  double above;

  double error() const { return std::max(below, above); }
};

/// alpha times an accumulator, rounded to fp32 unless that rounding is the store itself.
Interval scale(float alpha, const Accumulated& acc, bool rounded) {
  const double y = alpha * (static_cast<double>(acc.sum) * kUnit);
  const double error = std::abs(double{alpha}) * acc.error * kUnit;
  const bool scales_exactly = is_power_of_two_or_zero(alpha);
  const auto off = [&](double end) {
    const double magnitude = std::abs(end);
    const bool rounds = rounded && !(scales_exactly && magnitude >= kFp32SmallestNormal);
    const double sum = error + (rounds ? fp32_rounding(magnitude) : 0);
    // An accumulator without error has at most 24 bits: then y, with at most 48, is exact, and ties stay
    // ties.
    return sum > 0 ? (sum + kDoubleRoundoff * std::abs(y)) * kOutward : 0;
  };
  return {y, off(y - error), off(y + error)};
}

/// silu(x), f1(x) and f2(x), with one exponential that cannot overflow.
struct Silu {
  double value;
  double f1;
  double f2;

  explicit Silu(double x) {
    const double t = std::exp(-std::abs(x));
    const double large = 1 / (1 + t);
    const double small = t / (1 + t);
    value = x * (x < 0 ? small : large);
    f1 = std::abs(x) * small * large;
    f2 = std::abs(x) * f1;
  }
};

/// The computed silu of a gate.
struct BoundedSilu {
  double value;    // silu(g)
  double error;    // how far the computed one may be from it
  double largest;  // how large the computed one may be
};

BoundedSilu bound_silu(const Interval& g, const SiluError& tier) {
  const double low = g.y - g.below;
  const double high = g.y + g.above;
  const Silu at(g.y), at_low(low), at_high(high);
  double moved = std::max(std::abs(at_low.value - at.value), std::abs(at_high.value - at.value));
  double largest = std::max(std::abs(at_low.value), std::abs(at_high.value));
  if (kSiluMinimum.inside(low, high)) {
    moved = std::max(moved, at.value + kSiluMinimum.magnitude);
    largest = std::max(largest, kSiluMinimum.magnitude);
  }
  const auto largest_even = [&](double f_low, double f_high, const Peak& peak) {
    return peak.inside(low, high) || peak.inside(-high, -low) ? peak.magnitude : std::max(f_low, f_high);
  };
  const double f1 = largest_even(at_low.f1, at_high.f1, kF1Peak);
  const double f2 = largest_even(at_low.f2, at_high.f2, kF2Peak);
  const bool far_below = low < kFarBelow;
  const double subnormal_roundings = far_below ? kSubnormalRoundingsFarBelow : kSubnormalRoundings;
  const double computed =
      kFp32Roundoff * (tier.exp_per_g * f2 + tier.exp_base * f1 + tier.division * largest) +
      std::min(subnormal_roundings * kFp32SubnormalRoundoff, 2 * largest);
  double error = moved + computed + kDoubleRoundoff * largest;
  if (far_below) error = std::max(error, std::abs(at.value));
  return {at.value, error, largest + computed};
}

Bounded bound_dual(const Epilogue& epilogue, const Accumulated& acc1, const Accumulated& acc2) {
  const Interval u = scale(epilogue.alpha2, acc2, true);
  const BoundedSilu s = bound_silu(scale(epilogue.alpha1, acc1, true), silu_error(epilogue.silu));
  const double y = s.value * u.y;
  double error = s.error * std::abs(u.y) + s.largest * u.error() + kDoubleRoundoff * std::abs(y);
  if (epilogue.output != OutputType::f32) error += fp32_rounding(s.largest * (std::abs(u.y) + u.error()));
  return {y, error * kOutward};
}

Bounded bound_gemm(const Epilogue& epilogue, const Accumulated& acc1) {
  const Interval result = scale(epilogue.alpha1, acc1, epilogue.output != OutputType::f32);
  return {result.y, result.error()};
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
