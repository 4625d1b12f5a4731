// A tensor core's accumulator: every step adds a few exact terms, aligned and truncated.
//
// The terms of a step and the accumulator are aligned to the largest exponent e among them, truncated toward
// zero below 2^(e - F), F being the unit's fraction bits, added exactly, and the sum is truncated to the 24
// bits of fp32 (Fasi et al. 2021; Khattak & Mikaitis 2025).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace nvfp4bench::validate {

/// What one step adds, in units of 2^-20, but for the accumulator.
class Step {
 public:
  static constexpr size_t kMostTerms = 16;

  /// `exponent` is what the unit aligns by, which need not be floor(log2 |term|). A term of 0 counts by its
  /// exponent alone.
  void add(int64_t term, int exponent) {
    largest_exponent_ = empty_ ? exponent : exponent > largest_exponent_ ? exponent : largest_exponent_;
    empty_ = false;
    if (term != 0) terms_[count_++] = term;
  }

  bool empty() const { return empty_; }
  int largest_exponent() const { return largest_exponent_; }
  const int64_t* begin() const { return terms_.data(); }
  const int64_t* end() const { return terms_.data() + count_; }

 private:
  std::array<int64_t, kMostTerms> terms_{};
  size_t count_ = 0;
  bool empty_ = true;
  int largest_exponent_ = 0;
};

/// What is known of the accumulator: it lies in [sum - below, sum + above]. Every step counts only what can be
/// lost there, on the exact partial sums.
class TruncatedSum {
 public:
  explicit TruncatedSum(int fraction_bits) : fraction_bits_(fraction_bits) {}

  void add(const Step& step);
  /// Bound on |computed - exact|; zero certifies that the accumulator is exact to the bit.
  double error() const;

 private:
  bool exact() const { return below_ == 0 && above_ == 0; }
  double lowest() const { return static_cast<double>(sum_) - below_; }
  double highest() const { return static_cast<double>(sum_) + above_; }
  double largest() const;
  double smallest() const;
  /// Truncation toward zero takes less than `unit` from a number of the accumulator's sign, or of both.
  void may_lose(double unit);

  int fraction_bits_;
  int64_t sum_ = 0;
  double below_ = 0;
  double above_ = 0;
};

}  // namespace nvfp4bench::validate
