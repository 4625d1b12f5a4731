// Times that physics forbids.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/ceilings.hpp"
#include "model/method.hpp"
#include "model/summary.hpp"
#include "model/work.hpp"

namespace nvfp4bench::bench {

/// What no honest time gets past in one place.
struct Limits {
  /// Measured in this run.
  std::optional<Ceilings> ceilings;
  /// What caches could still hold of the operands, at most, when a cold sample begins.
  int64_t cold_cache_bytes = 0;
  /// An empty kernel takes as long.
  double launch_floor_s = 0;
};

/// Why `timing`, by `method`, cannot be the time of `work` within these limits; empty if it can. Flops must be done in
/// every run, so that the fastest counts. Operands must be read, in a cold call from memory, in a warm one from the
/// caches that can hold them: there the median counts, since a run may find in a near cache, by chance, what is
/// usually not there. Outputs need not have come to memory when a call ends.
///
/// Ceilings are measurements too. A time is impossible beyond 110 % of one, for a clock that was lower when that was
/// measured, and as much further as that measurement's best lay above its median.
std::string why_impossible(const Timing& timing, Method method, const Work& work, const Limits& limits);

}  // namespace nvfp4bench::bench
