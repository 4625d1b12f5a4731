// The timed window: exactly one call, nothing around it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kernels/variant.hpp"

namespace nvfp4bench::bench {

struct PhaseTime {
  std::string name;
  double seconds = 0;
};

/// One measured call. Phases are in order of first appearance; one that ends several times in a call (once a
/// group, say) is summed.
struct Sample {
  double seconds = 0;
  std::vector<PhaseTime> phases;
};

/// How one call is measured: by the host clock here, by events on a stream for kernels that only enqueue.
class Stopwatch {
 public:
  virtual ~Stopwatch() = default;
  /// Makes the call once; returns when its work is done. Exceptions pass through.
  virtual Sample measure(const std::function<void(kernels::RunContext&)>& call) = 0;
};

/// Seconds on a monotonic clock whose zero means nothing.
using HostClock = std::function<double()>;
double steady_seconds();

class HostStopwatch : public Stopwatch {
 public:
  explicit HostStopwatch(HostClock now) : now_(std::move(now)) {}
  Sample measure(const std::function<void(kernels::RunContext&)>& call) override;

 private:
  HostClock now_;
};

}  // namespace nvfp4bench::bench
