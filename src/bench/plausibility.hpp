// Times that physics forbids.
#pragma once

#include <optional>
#include <string>

#include "model/result.hpp"
#include "model/work.hpp"

namespace nvfp4bench::bench {

/// Why `timing` cannot be the time of `work` on a machine of these ceilings; empty if it can.
///
/// Only arithmetic is a floor: a problem's flops must be done in every run. Its bytes need not come from
/// memory where a cache holds them, so that a small problem may beat the memory's rate honestly.
std::string why_impossible(const Timing& timing, const Work& work, const std::optional<Peak>& ceilings);

}  // namespace nvfp4bench::bench
