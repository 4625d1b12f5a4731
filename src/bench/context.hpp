// What everything in one run shares.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bench/instruments.hpp"
#include "bench/plausibility.hpp"
#include "bench/runner.hpp"

namespace nvfp4bench::bench {

using place::Interrupted;

/// A place, and what no honest time gets past there.
struct Stand {
  std::unique_ptr<place::Place> place;  // null where no variant of the run is to run there, or none can
  Limits limits;
};

struct Context {
  const RunOptions& options;
  const RunObserver& observer;
  const Instruments& instruments;
  RunResult& result;
  /// What variants may count on; without a GPU once that is lost.
  kernels::Machine machine;
  double started_s = 0;
  /// Before every step: which problem it is of, and what the time budgets leave. Empty with a single problem.
  std::string position = {};
  /// Of the problems that are done: data, references, checks and warm-ups.
  double beside_sampling_s = 0;
  Stand host = {};
  Stand gpu = {};

  Stand& stand_of(const kernels::Variant& variant) { return variant.on_gpu ? gpu : host; }

  double now() const { return instruments.now(); }

  /// Announces a step, unless the run is to end here.
  void step(const std::string& name, std::string_view detail = "") const {
    if (observer.stop && observer.stop()) throw Interrupted{};
    if (observer.progress) observer.progress(position + name, detail);
  }

  /// What the host reaches now; absent where that was not measured before, or cannot be measured any more.
  std::optional<Ceilings> ceilings_again();
  /// Raises its ceilings to that, where it is more.
  void raise_ceilings();

  /// Something in the result is complete.
  void updated() const {
    result.elapsed_s = now() - started_s;
    if (observer.updated) observer.updated(result);
  }
};

}  // namespace nvfp4bench::bench
