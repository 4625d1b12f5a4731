// Runs problems: generate, reference, then every variant checked, timed and checked again.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/operands.hpp"
#include "kernels/variant.hpp"
#include "model/result.hpp"

namespace nvfp4bench::bench {

struct RunOptions {
  kernels::Machine machine;
  bool check_only = false;
  bool time_only = false;
  /// Per variant and problem: sampling goes on until the median is known to `precision` and min_time_s has
  /// been spent, or until max_time_s has been spent.
  double min_time_s = 0.5;
  double max_time_s = 10;
  /// Half width of the 95 % confidence interval of the median, relative.
  double precision = 0.01;
};

/// What the runner tells its caller while it works. All calls come from the calling thread.
struct RunObserver {
  /// "generating data", "cpu/two_pass: timing, 12 samples", ...: for a progress line.
  std::function<void(std::string_view)> progress;
  /// A variant or a problem is complete; `result` is valid to report as it stands.
  std::function<void(const RunResult& result)> updated;
  /// A variant's validated output is in memory: for --dump.
  std::function<void(const Problem&, const ProblemView&, const VariantResult&)> output;
  /// Polled between steps; true ends the run with RunResult::interrupted.
  std::function<bool()> stop;
};

/// One problem and where its operands come from: generated when `operands` is null.
struct Job {
  Problem problem;
  const data::Operands* operands = nullptr;
};

/// Variants whose op differs from a problem's are left out of it, unless `variants_named` (the user asked for
/// them by name): then they are skipped with that reason. Fills result.problems.
void run(std::span<const Job> jobs, std::span<const kernels::Variant* const> variants, bool variants_named,
         const RunOptions& options, const RunObserver& observer, RunResult& result);

}  // namespace nvfp4bench::bench
