// Who a thread is, and the warp- and block-wide instructions. Kernels see threadIdx and its like only here.
//
// kernels/ptx/ is the one place that knows PTX: a function per instruction, bearing its name. Another
// implementation of the same functions can run the same kernel source as plain C++.
#pragma once

#include <cstdint>

#define NVFP4BENCH_DEVICE __device__ __forceinline__

namespace nvfp4bench::ptx {

inline constexpr uint32_t kWarpThreads = 32;
inline constexpr uint32_t kWarpgroupThreads = 128;

NVFP4BENCH_DEVICE uint32_t thread_idx() { return threadIdx.x; }
NVFP4BENCH_DEVICE uint32_t block_idx_x() { return blockIdx.x; }
NVFP4BENCH_DEVICE uint32_t block_idx_y() { return blockIdx.y; }
NVFP4BENCH_DEVICE uint32_t grid_dim_x() { return gridDim.x; }
NVFP4BENCH_DEVICE uint32_t lane_idx() { return threadIdx.x % kWarpThreads; }

/// shfl.sync.idx (PTX ISA 9.7.9.6), whole warp: the value of lane 0, which the compiler then knows to be
/// uniform.
NVFP4BENCH_DEVICE uint32_t broadcast(uint32_t value) { return __shfl_sync(0xFFFFFFFFu, value, 0); }

/// Index of the warp in its block, known to be the same in all of its lanes. Whole warp.
NVFP4BENCH_DEVICE uint32_t warp_idx() { return broadcast(threadIdx.x / kWarpThreads); }

/// bar.warp.sync (9.7.13.2), whole warp: orders the memory accesses of its lanes.
NVFP4BENCH_DEVICE void sync_warp() { __syncwarp(); }

/// barrier.sync 0 (9.7.13.1), whole block: orders the memory accesses of its threads.
NVFP4BENCH_DEVICE void sync_block() { __syncthreads(); }

/// barrier.sync id (9.7.13.1), the `threads` threads that name the same barrier, 1 to 15; whole warps.
NVFP4BENCH_DEVICE void sync_threads(uint32_t barrier, uint32_t threads) {
  asm volatile("barrier.sync %0, %1;" ::"r"(barrier), "r"(threads) : "memory");
}

/// barrier.arrive id (9.7.13.1), whole warps: counts for others that wait at that barrier, orders this
/// thread's accesses before theirs, and does not wait.
NVFP4BENCH_DEVICE void arrive_threads(uint32_t barrier, uint32_t threads) {
  asm volatile("barrier.arrive %0, %1;" ::"r"(barrier), "r"(threads) : "memory");
}

/// elect.sync (9.7.13.15), whole converged warp: true in exactly one lane.
NVFP4BENCH_DEVICE bool elect_one() {
  uint32_t elected;
  asm volatile("{ .reg .pred p; elect.sync _|p, 0xFFFFFFFF; selp.u32 %0, 1, 0, p; }" : "=r"(elected));
  return elected != 0;
}

/// setmaxnreg (9.7.19.5), every warp of a warpgroup: gives back or claims registers, up to kRegisters a
/// thread. Claiming waits until the block's pool has them.
template <int kRegisters>
NVFP4BENCH_DEVICE void release_registers() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(kRegisters));
}
template <int kRegisters>
NVFP4BENCH_DEVICE void claim_registers() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(kRegisters));
}

}  // namespace nvfp4bench::ptx
