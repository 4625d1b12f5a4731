#include "bench/stopping_rule.hpp"

#include "bench/statistics.hpp"

namespace nvfp4bench::bench {

void StoppingRule::add(double sample_s, double spent_s) {
  samples_.push_back(sample_s);
  spent_s_ += spent_s;

  // Sorting n samples after each of them would outlast the sampling: look again when n has grown by 5 %.
  const bool look = samples_.size() >= kFewestForInterval && samples_.size() >= next_look_ &&
                    spent_s_ >= limits_.min_time_s;
  if (look) next_look_ = samples_.size() + 1 + samples_.size() / 20;

  if (look && precise()) {
    stopped_by_ = "precision";
  } else if (spent_s_ >= limits_.max_time_s) {
    stopped_by_ = "time budget";
  } else if (samples_.size() >= limits_.max_samples) {
    stopped_by_ = "sample limit";
  }
}

bool StoppingRule::precise() const {
  const Timing timing = summarize(samples_, "");
  return (timing.ci_high - timing.ci_low) / 2 <= limits_.precision * timing.median;
}

}  // namespace nvfp4bench::bench
