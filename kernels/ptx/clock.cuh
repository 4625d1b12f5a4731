// Clocks of the device.
#pragma once

#include <cstdint>

#include "kernels/ptx/device.cuh"

namespace nvfp4bench::ptx {

/// %globaltimer (PTX ISA 10.32), any thread: nanoseconds since an unspecified moment, the same for the whole
/// device; its resolution is up to the implementation.
NVFP4BENCH_DEVICE uint64_t global_timer_ns();

}  // namespace nvfp4bench::ptx

#ifdef __CUDACC__
#include "kernels/ptx/inline/clock.cuh"
#endif
