// Judging one output element, given its exact value and the rows that it is made of.
#pragma once

#include <cstdint>

#include "model/numerics.hpp"
#include "model/result.hpp"
#include "model/views.hpp"
#include "validate/accumulator_bound.hpp"
#include "validate/epilogue_bound.hpp"

namespace nvfp4bench::validate {

/// What all elements of a group share.
struct GroupRules {
  const GroupView& group;
  Numerics numerics;
  Epilogue epilogue;

  GroupRules(const ProblemView& problem, const GroupView& view, const Numerics& contract)
      : group(view),
        numerics(contract),
        epilogue{problem.op, problem.output, contract.silu, view.alpha1, view.alpha2} {}

  int64_t rows() const { return group.l() * group.m(); }
  int64_t elements() const { return rows() * group.n(); }
};

/// The rows of a and b that meet in one element. `row` runs over [l][m].
struct ElementRows {
  UnpackedRow a;
  UnpackedRow b1;
  UnpackedRow b2;  // unused for op gemm

  void unpack_a(const GroupRules& rules, int64_t row);
  void unpack_b(const GroupRules& rules, int64_t row, int64_t n);

  bool nan() const { return a.nan || b1.nan || b2.nan; }
};

/// The tight bound of an element with these accumulators.
Bounded bound_element(const GroupRules& rules, const ElementRows& rows, int64_t sum1, int64_t sum2);

struct ElementVerdict {
  bool accepted = false;
  /// Places from the correctly rounded value; infinite where one of the two is NaN.
  double ulps = 0;
  /// The share of E that explains what is left of |got - y| after the final rounding: see Verdict.
  double error_over_bound = 0;
};

/// `bounded.y` is NaN where NaN is the only right output.
ElementVerdict judge_element(uint32_t got_bits, const Bounded& bounded, OutputType type);

/// Why a match with an exact value proves little, whatever the bound.
enum class Weakness { none, zero, infinite, nan };
Weakness weakness(double y, OutputType type);

/// Whether the interval accepts so many values that a match proves little.
bool is_wide(const Bounded& bounded, OutputType type);

/// For Verdict::first: what is at row (of [l][m]) and n.
Mismatch describe_mismatch(const GroupRules& rules, int64_t group, int64_t row, int64_t n,
                           const Bounded& bounded);

}  // namespace nvfp4bench::validate
