// The timed window: exactly one call, nothing around it.
#pragma once

#include <functional>
#include <span>
#include <utility>

#include "kernels/variant.hpp"
#include "model/method.hpp"
#include "place/sample.hpp"

namespace nvfp4bench::place {

using Call = std::function<void(kernels::RunContext&)>;

/// How one call is measured: by the host clock, or by events on a stream for kernels that only enqueue. Made
/// for one call, which a graph method captures once and replays ever after.
class Stopwatch {
 public:
  virtual ~Stopwatch() = default;
  /// How it can measure the call; results are compared by the first.
  virtual std::span<const Method> methods() const = 0;
  /// For a call that is made only once.
  virtual Method once() const = 0;
  /// Makes the call once more; returns when its work is done. Exceptions pass through.
  virtual Sample measure(Method method) = 0;
};

/// Seconds on a monotonic clock whose zero means nothing.
using HostClock = std::function<double()>;
double steady_seconds();

class HostStopwatch : public Stopwatch {
 public:
  /// `returned` is called right after any call, outside of its time. Warm calls are offered where caches hold all
  /// that they touch: beyond that, they would be cold ones.
  HostStopwatch(HostClock now, Call call, std::function<void()> returned = {}, bool fits_caches = false)
      : now_(std::move(now)),
        call_(std::move(call)),
        returned_(std::move(returned)),
        fits_caches_(fits_caches) {}
  std::span<const Method> methods() const override;
  Method once() const override { return Method::warm_wall; }
  Sample measure(Method method) override;

 private:
  HostClock now_;
  Call call_;
  std::function<void()> returned_;
  bool fits_caches_;
};

}  // namespace nvfp4bench::place
