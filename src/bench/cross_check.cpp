#include "bench/cross_check.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "bench/statistics.hpp"
#include "model/metrics.hpp"

namespace nvfp4bench::bench {
namespace {

/// Events resolve about half a microsecond; the device's clock is read by kernels just outside of them.
constexpr double kRelativeTolerance = 0.05;
constexpr double kDeviceClockTolerance_s = 30e-6;
constexpr double kHostClockTolerance_s = 5e-6;
/// Waiting for a device that is idle already takes the host 10 to 20 us.
constexpr double kTailTolerance_s = 60e-6;

/// A request and its answer cross to another process and back, where threads are made before the call and may spin
/// for 20 ms after it (place/worker/idle_threads.cpp).
constexpr double kRequestTolerance_s = 25e-3;

double median(const std::vector<double>& values) { return summarize(values, "").median; }

std::string us(double seconds) { return fmt::format("{:.1f} us", 1e6 * seconds); }

}  // namespace

void CrossCheck::add(const place::Sample& sample) {
  if (sample.clocks) {
    seconds_.push_back(sample.seconds);
    host_s_.push_back(sample.clocks->host_s);
    device_s_.push_back(sample.clocks->device_s);
    tail_s_.push_back(sample.clocks->tail_s);
  }
  if (sample.outside_s) requests_.push_back({sample.seconds, *sample.outside_s});
  if (sample.board.sm_clock_mhz) sm_hz_.push_back(1e6 * *sample.board.sm_clock_mhz);
  throttle_reasons_ |= sample.board.throttle_reasons.value_or(0);
}

/// A busy machine lengthens what is seen from outside, but hardly every time. What makes the median too short are the
/// samples up to it: one of those must be borne out.
std::string CrossCheck::why_not_from_outside() const {
  if (requests_.size() < kFewestForInterval) return "";
  std::vector<Request> sorted = requests_;
  std::sort(sorted.begin(), sorted.end(),
            [](const Request& a, const Request& b) { return a.seconds < b.seconds; });
  const Request& middle = sorted[(sorted.size() - 1) / 2];
  for (const Request& request : sorted) {
    if (request.seconds > middle.seconds) break;
    if (request.outside_s <= (1 + kRelativeTolerance) * request.seconds + kRequestTolerance_s) return "";
  }
  return fmt::format("by the clock of its process a run took {}, but {} passed outside", us(middle.seconds),
                     us(middle.outside_s));
}

std::string CrossCheck::why_not_believed() const {
  if (const std::string reason = why_not_from_outside(); !reason.empty()) return reason;
  if (seconds_.empty()) return "";
  const double seconds = median(seconds_);
  if (const double tail = median(tail_s_); tail > kTailTolerance_s + kRelativeTolerance * seconds) {
    return fmt::format("work continues after the end of the timed call: the GPU is idle only {} later",
                       us(tail));
  }
  if (const double host = median(host_s_);
      host < (1 - kRelativeTolerance) * seconds - kHostClockTolerance_s) {
    return fmt::format("events give {}, but only {} passed on the host", us(seconds), us(host));
  }
  if (const double device = median(device_s_);
      std::abs(device - seconds) > kRelativeTolerance * seconds + kDeviceClockTolerance_s) {
    return fmt::format("events give {}, the clock of the GPU {}", us(seconds), us(device));
  }
  return "";
}

std::vector<Summary> CrossCheck::clocks() const {
  if (sm_hz_.empty()) return {};
  const std::string throttled = throttle_text(throttle_reasons_);
  Summary clock{.tag = std::string(kSmClockTag), .title = "SM clock", .unit = Unit::hertz, .detail = true};
  clock.value = median(sm_hz_);
  if (!throttled.empty()) clock.note = "held down by " + throttled;
  Summary least{
      .tag = std::string(kSmClockMinTag), .title = "SM clock, least", .unit = Unit::hertz, .detail = true};
  least.value = *std::min_element(sm_hz_.begin(), sm_hz_.end());
  return {clock, least};
}

}  // namespace nvfp4bench::bench
