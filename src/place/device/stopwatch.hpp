// GPU time: events around one call on a stream, cross-checked by the host's clock and the device's.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "place/device/state.hpp"
#include "place/stopwatch.hpp"

namespace nvfp4bench::place {

/// The stream is held at a gate until all of the call is enqueued, so that slow launches leave no gaps:
///   flush the L2 (or make the call once, warm) | gate | event | the call | event | time stamp
class DeviceStopwatch : public Stopwatch {
 public:
  DeviceStopwatch(DeviceState& state, Call call) : state_(state), call_(std::move(call)) {}
  std::span<const Method> methods() const override;
  Method once() const override { return Method::cold_stream; }
  Sample measure(Method method) override;

 private:
  /// An event at the end of each phase; events are made once and used again.
  class EventPhases : public kernels::PhaseSink {
   public:
    explicit EventPhases(const cuda::Stream& stream) : stream_(stream) {}
    void clear() { names_.clear(); }
    void end_phase(std::string_view name) override;
    /// Once all of them have happened.
    std::vector<PhaseTime> read(const cuda::Event& start) const;

   private:
    const cuda::Stream& stream_;
    std::vector<std::string> names_;
    std::deque<cuda::Event> events_;  // at least as many as names
  };

  void call(kernels::PhaseSink& phases);

  DeviceState& state_;
  Call call_;
  cuda::Stream stream_;
  cuda::Event start_;
  cuda::Event end_;
  EventPhases phases_{stream_};
  std::optional<cuda::Graph> graph_;
};

}  // namespace nvfp4bench::place
