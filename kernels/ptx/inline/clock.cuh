// kernels/ptx/clock.cuh in inline PTX.
#pragma once

#include "kernels/ptx/clock.cuh"

namespace nvfp4bench::ptx {

NVFP4BENCH_DEVICE uint64_t global_timer_ns() {
  uint64_t now;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now)::"memory");
  return now;
}

}  // namespace nvfp4bench::ptx
