// GPU time: events around one call on a stream, cross-checked by the host's clock and the device's.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/device_state.hpp"
#include "bench/stopwatch.hpp"

namespace nvfp4bench::bench {

/// The stream is held at a gate until all of the call is enqueued, so that slow launches leave no gaps:
///   flush the L2 (or make the call once, warm) | gate | event | the call | event | time stamp
class DeviceStopwatch : public Stopwatch {
 public:
  explicit DeviceStopwatch(DeviceState& state) : state_(state) {}
  std::span<const Method> methods() const override;
  Method once() const override { return Method::cold_stream; }
  Sample measure(Method method, const std::function<void(kernels::RunContext&)>& call) override;

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

  DeviceState& state_;
  cuda::Stream stream_;
  cuda::Event start_;
  cuda::Event end_;
  EventPhases phases_{stream_};
  std::optional<cuda::Graph> graph_;
};

}  // namespace nvfp4bench::bench
