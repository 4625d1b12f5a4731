// What this machine can do at most, measured: the roofline of the CPU variants.
#pragma once

#include "model/ceilings.hpp"
#include "model/isa.hpp"

namespace nvfp4bench::kernels::cpu {

/// In about 0.6 s: the most that the threads together read of memory, and of every level of the caches, in half a
/// millisecond; and the multiply-adds of a block in registers, without scales, loads or stores. The instruction set
/// must be one that this machine runs.
Ceilings measure_ceiling(Isa isa, int threads);

}  // namespace nvfp4bench::kernels::cpu
