// Judging elements one by one, at places of the caller's choice, by exact sums that are known or computed for them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/numerics.hpp"
#include "model/result.hpp"
#include "model/views.hpp"
#include "validate/judge.hpp"
#include "validate/reference.hpp"
#include "validate/sample.hpp"

namespace nvfp4bench::validate {

/// The exact accumulators of one element in units of 2^-20, which mean nothing where one of them is NaN.
struct ExactElement {
  Place place;
  int64_t sum1 = 0;
  int64_t sum2 = 0;  // op gemm: 0
  bool nan = false;
};

/// As `reference` has it.
ExactElement exact_element(const ProblemView& problem, const Reference& reference, const Place& place);

/// From the operands: thousands of places a second where K is large.
std::vector<ExactElement> compute_exact_elements(const ProblemView& problem, std::span<const Place> places,
                                                 int threads);

/// A verdict on the outputs at these places alone: how many were looked at and how many are wrong, nothing on
/// whether the match proves much. The places are ordered; operands are those that the outputs were computed from.
Verdict judge_elements(const ProblemView& problem, std::span<const ExactElement> elements,
                       const Numerics& numerics, const JudgeOptions& options);

}  // namespace nvfp4bench::validate
