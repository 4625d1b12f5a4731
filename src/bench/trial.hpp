// One variant on one problem: bound, validated, then sampled until its stopping rule is satisfied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/arena.hpp"
#include "bench/cross_check.hpp"
#include "bench/plausibility.hpp"
#include "bench/rotation.hpp"
#include "bench/runner.hpp"
#include "bench/stopping_rule.hpp"
#include "bench/stopwatch.hpp"
#include "data/output_image.hpp"
#include "kernels/variant.hpp"
#include "model/result.hpp"
#include "validate/reference.hpp"

namespace nvfp4bench::bench {

/// What the trials of one problem share.
struct TrialContext {
  const Problem& problem;
  /// On the host, whose c is attached to `outputs`.
  const ProblemView& view;
  /// One set for all variants: a trial's output lives until another trial runs.
  data::OutputImage& outputs;
  /// Null with RunOptions::time_only.
  const validate::Reference* reference;
  const Work& work;
  const RunOptions& options;
  const HostClock& now;
};

/// Every step either succeeds or ends the trial with a status and a reason in its VariantResult; whatever a
/// kernel throws becomes `errored`. A step of an ended trial must not be called.
class Trial {
 public:
  /// The kernel runs in `arena`, on a machine of these `limits`; both must outlive the trial.
  Trial(const kernels::Variant& variant, const TrialContext& context, Arena& arena, const Limits& limits,
        VariantResult& result);

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
  /// One timed run, its output checked. When the stopping rule is satisfied, measures by the other methods
  /// of the arena too, and ends the trial.
  void sample();
  std::size_t samples() const { return rule_.samples().size(); }

  /// Ends the trial as passed, without a time.
  void pass() { end(Status::passed, ""); }
  /// Ends the trial without a result.
  void skip(std::string reason) { end(Status::skipped, std::move(reason)); }

 private:
  template <class Step>
  void attempt(Step step);
  void end(Status status, std::string reason);

  Sample call(Method method);
  /// `measure` makes the call, or several that write the same output.
  Sample run_poisoned(const std::function<Sample()>& measure);
  /// By the method that results are compared by.
  Sample run_primary();
  Verdict judge() const;
  void check_against_first(const std::string& which);
  void record_phases(const Sample& sample);
  /// A few samples by a method that nothing is compared by.
  OtherTiming measure_aside(Method method, const std::function<Sample()>& measure);
  /// Absent where there are no copies to rotate, or too little memory for the kernel's twins. A call is
  /// expected to take `call_s`.
  std::optional<OtherTiming> measure_rotated(double call_s);
  void report_times();

  const kernels::Variant& variant_;
  const TrialContext& context_;
  Arena& arena_;
  const Limits& limits_;
  VariantResult& result_;
  std::unique_ptr<kernels::Kernel> kernel_;
  std::unique_ptr<Stopwatch> stopwatch_;  // may hold a graph of the kernel: ends before it
  std::unique_ptr<Rotation> rotation_;    // likewise; only while it is measured
  bool ended_ = false;

  std::size_t runs_ = 0;
  uint32_t poison_ = 0;
  uint64_t first_fingerprint_ = 0;
  std::optional<double> preparation_s_;
  std::vector<double> warm_up_s_;
  StoppingRule rule_;
  CrossCheck cross_check_;
  std::vector<Phase> phases_;  // their samples alone, until the trial ends
};

}  // namespace nvfp4bench::bench
