#include "bench/plausibility.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nvfp4bench::bench {
namespace {

constexpr double kCeilingMargin = 1.1;

/// Empty if the operands can have been read in that time.
std::string why_not_read(double seconds, Method method, const Work& work, const Limits& limits) {
  const int64_t held = is_warm(method) ? 0 : limits.cold_cache_bytes;
  const int64_t bytes = std::max<int64_t>(0, work.a_bytes + work.weight_bytes - held);
  const std::optional<ReadLimit> limit = read_limit(bytes, *limits.ceilings, method);
  if (!limit || !(limit->bytes_per_s > 0)) return "";
  const double excess = limit->seconds / seconds;
  if (excess <= kCeilingMargin) return "";
  return fmt::format(
      "with {} it would read its operands from {} at {:.1f} GB/s at least; this machine reaches {:.1f}",
      title_of(method), limit->from, excess * limit->bytes_per_s / 1e9, limit->bytes_per_s / 1e9);
}

}  // namespace

std::string why_impossible(const Timing& timing, Method method, const Work& work, const Limits& limits) {
  if (timing.min <= 0) return fmt::format("a run took {} s: no clock can have measured that", timing.min);
  // What an empty kernel takes was measured for cold calls; among many calls it would take less.
  const bool cold = !is_warm(method) && method != Method::rotated_graph;
  if (cold && work.flops > 0 && timing.median < limits.launch_floor_s) {
    return fmt::format("its median, {:.2f} us, is below that of an empty kernel, {:.2f} us",
                       1e6 * timing.median, 1e6 * limits.launch_floor_s);
  }
  if (!limits.ceilings) return "";
  const double ceiling = limits.ceilings->flops_per_s;
  const double flop_rate = static_cast<double>(work.flops) / timing.min;
  if (ceiling > 0 && flop_rate > kCeilingMargin * ceiling) {
    return fmt::format("its fastest run would be {:.1f} GFLOP/s; this machine reaches {:.1f}",
                       flop_rate / 1e9, ceiling / 1e9);
  }
  return why_not_read(timing.median, method, work, limits);
}

}  // namespace nvfp4bench::bench
