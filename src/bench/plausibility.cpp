#include "bench/plausibility.hpp"

#include <fmt/format.h>

namespace nvfp4bench::bench {
namespace {

/// The ceiling is a measurement too: a clock that was lower then than now must not condemn a kernel.
constexpr double kCeilingMargin = 1.1;

}  // namespace

std::string why_impossible(const Timing& timing, const Work& work, const std::optional<Peak>& ceilings) {
  if (timing.min <= 0) return fmt::format("a run took {} s: no clock can have measured that", timing.min);
  if (!ceilings || ceilings->flops_per_s <= 0) return "";

  const double rate = static_cast<double>(work.flops) / timing.min;
  if (rate <= kCeilingMargin * ceilings->flops_per_s) return "";
  return fmt::format("its fastest run would be {:.1f} GFLOP/s; this machine reaches {:.1f}", rate / 1e9,
                     ceilings->flops_per_s / 1e9);
}

}  // namespace nvfp4bench::bench
