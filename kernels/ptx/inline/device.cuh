// kernels/ptx/device.cuh in inline PTX.
#pragma once

#include "kernels/ptx/device.cuh"

namespace nvfp4bench::ptx {

NVFP4BENCH_DEVICE uint32_t thread_idx() { return threadIdx.x; }

NVFP4BENCH_DEVICE uint32_t block_idx_x() { return blockIdx.x; }

NVFP4BENCH_DEVICE uint32_t block_idx_y() { return blockIdx.y; }

NVFP4BENCH_DEVICE uint32_t grid_dim_x() { return gridDim.x; }

NVFP4BENCH_DEVICE uint32_t lane_idx() { return threadIdx.x % kWarpThreads; }

NVFP4BENCH_DEVICE uint32_t broadcast(uint32_t value) { return __shfl_sync(0xFFFFFFFFu, value, 0); }

NVFP4BENCH_DEVICE uint32_t warp_idx() { return broadcast(threadIdx.x / kWarpThreads); }

NVFP4BENCH_DEVICE void sync_warp() { __syncwarp(); }

NVFP4BENCH_DEVICE void sync_block() { __syncthreads(); }

NVFP4BENCH_DEVICE void sync_threads(uint32_t barrier, uint32_t threads) {
  asm volatile("barrier.sync %0, %1;" ::"r"(barrier), "r"(threads) : "memory");
}

NVFP4BENCH_DEVICE void arrive_threads(uint32_t barrier, uint32_t threads) {
  asm volatile("barrier.arrive %0, %1;" ::"r"(barrier), "r"(threads) : "memory");
}

NVFP4BENCH_DEVICE bool elect_one() {
  uint32_t elected;
  asm volatile("{ .reg .pred p; elect.sync _|p, 0xFFFFFFFF; selp.u32 %0, 1, 0, p; }" : "=r"(elected));
  return elected != 0;
}

template <int kRegisters>
NVFP4BENCH_DEVICE void release_registers() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(kRegisters));
}

template <int kRegisters>
NVFP4BENCH_DEVICE void claim_registers() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(kRegisters));
}

}  // namespace nvfp4bench::ptx
