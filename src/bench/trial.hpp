// One variant on one problem: bound, validated, then sampled until its stopping rule is satisfied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/runner.hpp"
#include "bench/stopping_rule.hpp"
#include "bench/stopwatch.hpp"
#include "kernels/variant.hpp"
#include "model/result.hpp"
#include "validate/guarded_output.hpp"
#include "validate/reference.hpp"

namespace nvfp4bench::bench {

/// What the trials of one problem share.
struct TrialContext {
  const Problem& problem;
  /// c is attached to `outputs`.
  const ProblemView& view;
  /// One set for all variants: a trial's output lives until another trial runs.
  validate::GuardedOutputs& outputs;
  /// Null with RunOptions::time_only.
  const validate::Reference* reference;
  const Work& work;
  const std::optional<Peak>& ceilings;
  const RunOptions& options;
  const HostClock& now;
  Stopwatch& stopwatch;
};

/// Every step either succeeds or ends the trial with a status and a reason in its VariantResult; whatever a
/// kernel throws becomes `errored`. A step of an ended trial must not be called.
class Trial {
 public:
  Trial(const kernels::Variant& variant, const TrialContext& context, VariantResult& result);

  bool ended() const { return ended_; }
  const VariantResult& result() const { return result_; }

  /// Binds the kernel and prepares its weights.
  void bind();
  /// Runs on poisoned output and judges it. Sets the verdict.
  void first_run();
  /// Runs on output poisoned otherwise, and holds it against the first.
  void second_run();

  /// The last two runs took about the same time, or warming up has taken long enough.
  bool warm() const;
  void warm_up();
  /// One timed run, its output checked. Ends the trial when the stopping rule says so.
  void sample();
  std::size_t samples() const { return rule_.samples().size(); }

  /// Ends the trial as passed, without a time.
  void pass() { end(Status::passed, ""); }

 private:
  template <class Step>
  void attempt(Step step);
  void end(Status status, std::string reason);

  Sample run_poisoned();
  Verdict judge() const;
  void check_against_first(const std::string& which);
  void record_phases(const Sample& sample);
  void report_times();

  const kernels::Variant& variant_;
  const TrialContext& context_;
  VariantResult& result_;
  std::unique_ptr<kernels::Kernel> kernel_;
  bool ended_ = false;

  std::size_t runs_ = 0;
  uint32_t poison_ = 0;
  uint64_t first_fingerprint_ = 0;
  std::optional<double> preparation_s_;
  std::vector<double> warm_up_s_;
  StoppingRule rule_;
  std::vector<Phase> phases_;  // their samples alone, until the trial ends
};

}  // namespace nvfp4bench::bench
