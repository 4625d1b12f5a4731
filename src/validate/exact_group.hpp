// The exact values of one group, element by element.
#pragma once

#include <cstdint>
#include <limits>

#include "model/views.hpp"
#include "validate/epilogue_bound.hpp"
#include "validate/reference.hpp"

namespace nvfp4bench::validate {

/// `row` runs over [l][m]. What it is made of must outlive it.
class ExactGroup {
 public:
  ExactGroup(const Epilogue& epilogue, const GroupView& group, const GroupReference& reference)
      : epilogue_(epilogue), group_(group), reference_(reference) {}

  /// Accumulators in units of 2^-20; they mean nothing where output() is NaN.
  int64_t sum1(int64_t row, int64_t n) const { return reference_.acc1[row * group_.n() + n]; }
  int64_t sum2(int64_t row, int64_t n) const { return dual() ? reference_.acc2[row * group_.n() + n] : 0; }

  /// Before it is rounded to the output type. NaN where that is the only right output.
  double output(int64_t row, int64_t n) const {
    const int64_t column = row / group_.m() * group_.n() + n;  // [l][n]
    if (reference_.a_nan[row] || reference_.b1_nan[column] || (dual() && reference_.b2_nan[column])) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    return exact_output(epilogue_, sum1(row, n), sum2(row, n));
  }

 private:
  bool dual() const { return epilogue_.op == Op::dual_gemm_silu; }

  const Epilogue& epilogue_;
  const GroupView& group_;
  const GroupReference& reference_;
};

}  // namespace nvfp4bench::validate
