#include "bench/plausibility.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nvfp4bench::bench {
namespace {

/// The ceiling is a measurement too: a clock that was lower then than now must not condemn a kernel.
constexpr double kCeilingMargin = 1.1;

}  // namespace

std::string why_impossible(const Timing& timing, const Work& work, const Limits& limits) {
  if (timing.min <= 0) return fmt::format("a run took {} s: no clock can have measured that", timing.min);
  if (work.flops > 0 && timing.median < limits.launch_floor_s) {
    return fmt::format("its median, {:.2f} us, is below that of an empty kernel, {:.2f} us",
                       1e6 * timing.median, 1e6 * limits.launch_floor_s);
  }
  if (!limits.ceilings) return "";
  const Peak& ceilings = *limits.ceilings;

  const double flop_rate = static_cast<double>(work.flops) / timing.min;
  if (ceilings.flops_per_s > 0 && flop_rate > kCeilingMargin * ceilings.flops_per_s) {
    return fmt::format("its fastest run would be {:.1f} GFLOP/s; this machine reaches {:.1f}",
                       flop_rate / 1e9, ceilings.flops_per_s / 1e9);
  }
  if (!limits.cold_cache_bytes) return "";
  const double byte_rate =
      static_cast<double>(std::max<int64_t>(0, work.weight_bytes - *limits.cold_cache_bytes)) / timing.min;
  if (ceilings.bytes_per_s > 0 && byte_rate > kCeilingMargin * ceilings.bytes_per_s) {
    return fmt::format(
        "its fastest run would read weights from memory at {:.1f} GB/s at least; this machine reaches {:.1f}",
        byte_rate / 1e9, ceilings.bytes_per_s / 1e9);
  }
  return "";
}

}  // namespace nvfp4bench::bench
