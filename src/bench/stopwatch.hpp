// The timed window: exactly one call, nothing around it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/variant.hpp"
#include "model/board_state.hpp"
#include "model/method.hpp"

namespace nvfp4bench::bench {

struct PhaseTime {
  std::string name;
  double seconds = 0;
};

/// What clocks other than the one that gave Sample::seconds say of a call, seconds.
struct OtherClocks {
  /// Host clock, from the moment the device was let go until it was seen to be done.
  double host_s = 0;
  /// The device's nanosecond clock, read just before and just after.
  double device_s = 0;
  /// Host clock, from being seen to be done until the whole device was idle.
  double tail_s = 0;
};

/// One measured call. Phases are in order of first appearance; one that ends several times in a call (once a
/// group, say) is summed. A method that cannot see phases has none.
struct Sample {
  double seconds = 0;
  std::vector<PhaseTime> phases;
  std::optional<OtherClocks> clocks;
  BoardState board;
};

/// How one call is measured: by the host clock, or by events on a stream for kernels that only enqueue.
/// Belongs to one kernel: what a graph method captured once is replayed ever after.
class Stopwatch {
 public:
  virtual ~Stopwatch() = default;
  /// How it can measure one call; results are compared by the first.
  virtual std::span<const Method> methods() const = 0;
  /// For a call that is made only once.
  virtual Method once() const = 0;
  /// Makes the call once more; returns when its work is done. Exceptions pass through.
  virtual Sample measure(Method method, const std::function<void(kernels::RunContext&)>& call) = 0;
};

/// Seconds on a monotonic clock whose zero means nothing.
using HostClock = std::function<double()>;
double steady_seconds();

class HostStopwatch : public Stopwatch {
 public:
  explicit HostStopwatch(HostClock now) : now_(std::move(now)) {}
  std::span<const Method> methods() const override;
  Method once() const override { return Method::wall; }
  Sample measure(Method method, const std::function<void(kernels::RunContext&)>& call) override;

 private:
  HostClock now_;
};

}  // namespace nvfp4bench::bench
