#include "validate/hopper_bound.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>

#include "validate/outward.hpp"

namespace nvfp4bench::validate {
namespace {

constexpr size_t kStep = 16;
constexpr std::array<uint8_t, kStep> kAscending{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
/// Fraction bits kept below the largest exponent of a step.
constexpr int kAlignmentBits = 25;

/// floor(log2 |x|) of an integer other than 0.
int exponent(int64_t x) { return static_cast<int>(std::bit_width(static_cast<uint64_t>(std::abs(x)))) - 1; }

double lowest_bit(int64_t x) { return static_cast<double>(x & -x); }

/// One dequantised value in units of 2^-10.
int32_t value(const UnpackedRow& row, size_t k) { return row.codes[k] * row.scales[k / kScaleBlock]; }

/// The products of one step, as the unit sees them.
struct Step {
  int64_t products[kStep];
  size_t count = 0;  // products other than 0
  /// The largest sum of operand exponents, not normalised, for products in units of 2^-20.
  int largest_exponent = 0;

  void add(int32_t a, int32_t b) {
    if (a == 0 || b == 0) return;
    // b scaled by 2^-7 may be a subnormal half, whose exponent stays at that of 2^-14: 2^-7 unscaled.
    constexpr int kSmallestExponentOfB = 3;
    const int e = exponent(a) + std::max(exponent(b), kSmallestExponentOfB);
    largest_exponent = count == 0 ? e : std::max(largest_exponent, e);
    products[count++] = int64_t{a} * b;
  }
};

/// What is known of the accumulator: it lies in [sum - below, sum + above].
struct Accumulator24 {
  int64_t sum = 0;
  double below = 0;
  double above = 0;

  bool exact() const { return below == 0 && above == 0; }
  double lowest() const { return static_cast<double>(sum) - below; }
  double highest() const { return static_cast<double>(sum) + above; }
  double largest() const { return std::max(std::abs(lowest()), std::abs(highest())); }
  double smallest() const {
    return lowest() > 0 || highest() < 0 ? std::min(std::abs(lowest()), std::abs(highest())) : 0;
  }

  /// Truncation toward zero takes less than `unit` from a number of the accumulator's sign, or of both.
  void may_lose(double unit) {
    const bool positive = highest() > 0;
    const bool negative = lowest() < 0;
    if (positive) below += unit;
    if (negative) above += unit;
  }

  void add(const Step& step) {
    if (step.count == 0) return;  // nothing to align with: the accumulator stays as it is
    const double magnitude = largest();
    const int top =
        magnitude > 0 ? std::max(step.largest_exponent, std::ilogb(magnitude)) : step.largest_exponent;
    const double unit = std::ldexp(1.0, top - kAlignmentBits);

    // An inexact accumulator is some number of 24 bits; all of them lie at or above the unit if its exponent
    // is within two of the largest.
    const bool accumulator_loses = exact() ? sum != 0 && lowest_bit(sum) < unit
                                           : smallest() < std::ldexp(1.0, top - kAlignmentBits + 23);
    if (accumulator_loses) may_lose(unit);
    for (size_t i = 0; i < step.count; ++i) {
      const int64_t product = step.products[i];
      sum += product;
      if (lowest_bit(product) >= unit) continue;
      (product > 0 ? below : above) += unit;
    }

    // To 24 bits, of a multiple of the unit.
    if (exact()) {
      const double spacing = sum == 0 ? 0 : std::ldexp(1.0, exponent(sum) - 23);
      if (sum != 0 && lowest_bit(sum) < spacing) may_lose(spacing);
    } else if (largest() >= 0x1p24 * unit) {
      may_lose(std::ldexp(1.0, std::ilogb(largest()) - 23));
    }
  }
};

}  // namespace

double running_hopper_error(const UnpackedRow& a, const UnpackedRow& b, std::span<const uint8_t> step_order) {
  if (step_order.empty()) step_order = kAscending;
  Accumulator24 accumulator;
  const size_t k = a.codes.size();
  for (size_t chunk = 0; chunk < k; chunk += step_order.size()) {
    for (size_t first = 0; first < step_order.size(); first += kStep) {
      Step step;
      for (const uint8_t offset : step_order.subspan(first, kStep)) {
        const size_t i = chunk + offset;
        if (i < k) step.add(value(a, i), value(b, i));
      }
      accumulator.add(step);
    }
  }
  return std::max(accumulator.below, accumulator.above) * kOutward;
}

}  // namespace nvfp4bench::validate
