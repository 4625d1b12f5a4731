// When to stop sampling one variant.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace nvfp4bench::bench {

/// Keeps results and the memory that they need bounded for kernels of microseconds. The confidence interval
/// then covers 2 % of the sorted samples: more would sharpen nothing.
inline constexpr std::size_t kMaxSamples = 10'000;

struct StoppingLimits {
  /// Seconds spent on this variant, checks between the samples included.
  double min_time_s = 0;
  double max_time_s = 0;
  /// Half width of the 95 % confidence interval of the median, relative to the median.
  double precision = 0;
  std::size_t max_samples = kMaxSamples;
};

/// Collects samples until one of these holds, looked at in this order:
///   "precision"     the median is known to `precision` and min_time_s has been spent; needs 6 samples, the
///                   fewest that have a 95 % interval
///   "time budget"   max_time_s has been spent, even if that leaves a single sample
///   "sample limit"  max_samples have been taken
/// Looking at the interval repeatedly costs a little of its confidence; min_time_s keeps that small.
class StoppingRule {
 public:
  explicit StoppingRule(const StoppingLimits& limits) : limits_(limits) {}

  /// One more sample. `spent_s`: the time it took with everything around it.
  void add(double sample_s, double spent_s);

  bool done() const { return !stopped_by_.empty(); }
  /// Empty while more samples are wanted.
  std::string_view stopped_by() const { return stopped_by_; }
  std::span<const double> samples() const { return samples_; }
  double spent_s() const { return spent_s_; }

 private:
  bool precise() const;

  StoppingLimits limits_;
  std::vector<double> samples_;
  double spent_s_ = 0;
  std::size_t next_look_ = 0;
  std::string_view stopped_by_;
};

}  // namespace nvfp4bench::bench
