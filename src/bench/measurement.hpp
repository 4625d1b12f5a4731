// How fast a variant is: runs until it is warm, samples until its stopping rule is satisfied, then a few by
// every other method that its place has.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "bench/check.hpp"
#include "bench/context.hpp"
#include "bench/cross_check.hpp"
#include "bench/stopping_rule.hpp"

namespace nvfp4bench::bench {

/// Every run's output is checked; Check's exceptions pass through.
class Measurement {
 public:
  explicit Measurement(const Context& context);

  /// A run that was made already, which warms as well as any.
  void add_warm_up(double seconds) { warm_up_s_.push_back(seconds); }
  /// The last two runs took about the same time, or warming up has taken long enough.
  bool warm() const;
  void warm_up(place::Session& session, Check& check);

  /// One timed run.
  void sample(place::Session& session, Check& check);
  std::size_t samples() const { return rule_.samples().size(); }
  /// Seconds that the time budget leaves. Infinite where there is none.
  double budget_left_s() const;
  /// The stopping rule is satisfied.
  bool done() const { return rule_.done(); }

  /// Why the samples so far, at least one, cannot be believed; empty if they can.
  std::string why_not_believed(const Work& work, const Limits& limits) const;
  /// Measures by the other methods.
  void measure_aside(place::Session& session, Check& check);
  /// Puts all that was measured into `result`. Where sampling was not done, it was interrupted.
  /// `preparation_s`: of the weights.
  void report(std::optional<double> preparation_s, VariantResult& result) const;

 private:
  Timing timing() const;
  /// A few samples by a method that nothing is compared by.
  Timing measure_by(place::Session& session, Check& check, Method method);
  void record_phases(const place::Sample& sample, Method method);

  const Context& context_;
  std::vector<double> warm_up_s_;
  StoppingRule rule_;
  CrossCheck cross_check_;
  /// Of one method: the first that tells the phase.
  struct PhaseSamples {
    std::string name;
    Method method;
    std::vector<double> seconds;
  };
  std::vector<PhaseSamples> phases_;
  struct Aside {
    Method method;
    Timing timing;
  };
  std::vector<Aside> others_;
  std::optional<Method> method_;
};

}  // namespace nvfp4bench::bench
