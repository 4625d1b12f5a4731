// Multipliers that stand for left shifts by 4 and by 1.
#pragma once

#include <cstdint>

namespace nvfp4bench::kernels::parts {

/// Handed to kernels as arguments: a multiplier that the compiler knows becomes a shift, and shifts share a
/// pipe with the logic that dequantisation is short of.
struct ShiftMultipliers {
  uint32_t by_16 = 16;
  uint32_t by_2 = 2;
};

}  // namespace nvfp4bench::kernels::parts
