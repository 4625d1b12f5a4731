// One variant on one problem: bound, checked, then measured.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bench/check.hpp"
#include "bench/context.hpp"
#include "bench/measurement.hpp"

namespace nvfp4bench::bench {

/// Every step either succeeds or ends the trial with a status and a reason in its VariantResult; whatever a
/// kernel throws becomes `errored`. A step of an ended trial must not be called.
class Trial {
 public:
  /// The kernel runs on `stage`; it, and all else, must outlive the trial.
  Trial(const kernels::Variant& variant, Context& context, const Standard& standard, place::Stage& stage,
        const Work& work, VariantResult& result);

  bool ended() const { return ended_; }
  const kernels::Variant& variant() const { return variant_; }
  const VariantResult& result() const { return result_; }

  /// Binds the kernel and prepares its weights.
  void bind();
  /// Runs on poisoned output and judges it. Sets the verdict.
  void first_run();
  /// Runs on other operands and on output poisoned otherwise, then bound anew where operands lie elsewhere then,
  /// and holds both against the first.
  void second_run();

  bool warm() const { return measurement_.warm(); }
  void warm_up();
  /// One timed run. When the stopping rule is satisfied, measures by the other methods too, and ends the
  /// trial.
  void sample();
  std::size_t samples() const { return measurement_.samples(); }
  double budget_left_s() const { return measurement_.budget_left_s(); }

  /// Ends the trial with the samples that it has. Without any it stays pending, its verdict known or not.
  void interrupt();
  /// Ends the trial as passed, without a time.
  void pass() { end(Status::passed, ""); }
  /// Ends the trial without a result.
  void skip(std::string reason) { end(Status::skipped, std::move(reason)); }

 private:
  /// Takes a step, whose time counts as this variant's.
  template <class Step>
  void attempt(Step step);
  void end(Status status, std::string reason);
  void open();
  void close();
  /// Ends the trial as passed, with its times.
  void measured();

  /// Empty if the times can be what they say.
  std::string why_not_believed() const;
  /// Ends the trial if they cannot, by ceilings of the host that are measured once more: a machine that was busy
  /// when they were measured must not condemn a kernel.
  bool rejected();

  const kernels::Variant& variant_;
  Context& context_;
  place::Stage& stage_;
  const Work& work_;
  VariantResult& result_;
  std::unique_ptr<place::Session> session_;
  std::optional<double> preparation_s_;
  Check check_;
  Measurement measurement_;
  bool ended_ = false;
};

}  // namespace nvfp4bench::bench
