#include "validate/truncated_sum.hpp"

#include <algorithm>
#include <cmath>

#include "validate/fp32_bits.hpp"
#include "validate/outward.hpp"

namespace nvfp4bench::validate {

double TruncatedSum::largest() const { return std::max(std::abs(lowest()), std::abs(highest())); }

double TruncatedSum::smallest() const {
  return lowest() > 0 || highest() < 0 ? std::min(std::abs(lowest()), std::abs(highest())) : 0;
}

void TruncatedSum::may_lose(double unit) {
  const bool positive = highest() > 0;
  const bool negative = lowest() < 0;
  if (positive) below_ += unit;
  if (negative) above_ += unit;
}

void TruncatedSum::add(const Step& step) {
  if (step.empty()) return;  // nothing to align with: the accumulator stays as it is
  const double magnitude = largest();
  const int top =
      magnitude > 0 ? std::max(step.largest_exponent(), std::ilogb(magnitude)) : step.largest_exponent();
  const double unit = std::ldexp(1.0, top - fraction_bits_);

  // An inexact accumulator is some number of 24 bits; all of them lie at or above the unit if its exponent is
  // close enough to the largest.
  const bool accumulator_loses = exact() ? sum_ != 0 && lowest_bit(sum_) < unit
                                         : smallest() < std::ldexp(1.0, top - fraction_bits_ + 23);
  if (accumulator_loses) may_lose(unit);
  bool terms_lose = false;
  for (const int64_t term : step) {
    sum_ += term;
    if (lowest_bit(term) >= unit) continue;
    (term > 0 ? below_ : above_) += unit;
    terms_lose = true;
  }

  // To 24 bits, of a multiple of the unit.
  if (exact()) {
    const double last_place = spacing(std::abs(static_cast<double>(sum_)));
    if (sum_ != 0 && lowest_bit(sum_) < last_place) may_lose(last_place);
  } else if (largest() >= kFp32Units * unit || terms_lose) {
    // Where terms lose, the unit may be another than that of the exact sums.
    may_lose(spacing(largest()));
  }
}

double TruncatedSum::error() const { return std::max(below_, above_) * kOutward; }

}  // namespace nvfp4bench::validate
