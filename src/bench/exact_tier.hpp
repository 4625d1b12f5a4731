// The first of two tiers of validation: sums on data where every order gives the same bits.
//
// A bound that holds for any order of summation is wide where K is long, and a match within it proves little. So
// a variant with such a contract first runs on other data of the same shapes, the fill exact_full: there fp32
// sums are exact in any order, and its outputs are judged as those of an exact accumulator. What is left to show
// on the problem's own data, that no other values break it, its own bounds show, however wide.
//
// Of a sum longer than 7280 values, exact_full makes all but 7280 of a's zero, others in every row: every k is
// reached, in some rows.
#pragma once

#include <memory>
#include <optional>

#include "bench/check.hpp"
#include "bench/context.hpp"
#include "data/operands.hpp"
#include "validate/reference.hpp"

namespace nvfp4bench::bench {

/// Whether the variant's sums are to be shown on exact data first: where its contract knows no order, or on
/// request; not where the problem's own data are such.
bool wants_exact_tier(const kernels::Variant& variant, const Problem& problem, const RunOptions& options);

class ExactTier {
 public:
  /// Generates operands in the shapes of `problem`, and computes their reference (not with time_only). Outputs go
  /// to `outputs`, made for the same shapes; `context` and that must outlive it.
  ExactTier(const Context& context, const Problem& problem, data::OutputImage& outputs);
  ExactTier(const ExactTier&) = delete;
  ExactTier& operator=(const ExactTier&) = delete;

  /// Runs the variant once. Sets result.exact_sums; where it is wrong or breaks, status and reason too.
  void run(const kernels::Variant& variant, place::Place& place, VariantResult& result);

 private:
  void run_checked(const kernels::Variant& variant, place::Place& place, VariantResult& result);

  const Context& context_;
  Problem problem_;
  data::Operands operands_;
  ProblemView view_;
  std::optional<validate::Reference> reference_;
  Standard standard_;
  data::OutputImage& outputs_;
  std::unique_ptr<place::Stage> host_stage_;
  std::unique_ptr<place::Stage> gpu_stage_;
};

}  // namespace nvfp4bench::bench
