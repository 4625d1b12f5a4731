// Times that physics forbids.
#pragma once

#include <optional>
#include <string>

#include "model/result.hpp"
#include "model/work.hpp"

namespace nvfp4bench::bench {

/// What no honest time gets past on one device.
struct Limits {
  /// Measured in this run.
  std::optional<Peak> ceilings;
  /// Where every sample begins with the caches cold: what they could still hold of the operands at most.
  /// Absent where operands may be in a cache, so that a small problem may beat the memory's rate honestly.
  std::optional<int64_t> cold_cache_bytes;
  /// An empty kernel takes as long.
  double launch_floor_s = 0;
};

/// Why `timing` cannot be the time of `work` within these limits; empty if it can. Flops must be done in
/// every run, and weights that no cache holds must come from memory.
std::string why_impossible(const Timing& timing, const Work& work, const Limits& limits);

}  // namespace nvfp4bench::bench
