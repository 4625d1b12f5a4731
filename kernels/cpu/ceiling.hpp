// What this machine can do at most, measured: the roofline of the CPU variants.
#pragma once

#include "model/isa.hpp"
#include "model/work.hpp"

namespace nvfp4bench::kernels::cpu {

/// Best of many passes, in about 0.4 s: reading 256 MB of memory, and the multiply-adds of a block in
/// registers, without scales, loads or stores. The instruction set must be one that this machine runs.
Peak measure_ceiling(Isa isa, int threads);

}  // namespace nvfp4bench::kernels::cpu
