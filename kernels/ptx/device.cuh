// Who a thread is, and the warp- and block-wide instructions. Kernels see threadIdx and its like only here.
//
// kernels/ptx/ is the one place that knows PTX: a function per instruction, bearing its name. The headers
// here declare them and say what they promise; inline/ has their bodies for nvcc, in a file for each header.
// Another folder of bodies can run the same kernel source as plain C++.
#pragma once

#include <cstdint>

// What C++ has no words for:
//   NVFP4BENCH_DEVICE                a function that kernels call
//   NVFP4BENCH_KERNEL(threads, blocks) void name(...)
//                                    a kernel of at most so many threads a block and at least so many blocks
//                                    an SM (__launch_bounds__); either may be left out
//   const NVFP4BENCH_GRID_CONSTANT   a parameter of a kernel that is read where the launch put it
#ifdef __CUDACC__
#define NVFP4BENCH_DEVICE __device__ __forceinline__
#define NVFP4BENCH_KERNEL(...) __global__ __VA_OPT__(__launch_bounds__(__VA_ARGS__))
#define NVFP4BENCH_GRID_CONSTANT __grid_constant__
#else
#define NVFP4BENCH_DEVICE inline
#define NVFP4BENCH_KERNEL(...)
#define NVFP4BENCH_GRID_CONSTANT
#endif

namespace nvfp4bench::ptx {

inline constexpr uint32_t kWarpThreads = 32;
inline constexpr uint32_t kWarpgroupThreads = 128;

NVFP4BENCH_DEVICE uint32_t thread_idx();
NVFP4BENCH_DEVICE uint32_t block_idx_x();
NVFP4BENCH_DEVICE uint32_t block_idx_y();
NVFP4BENCH_DEVICE uint32_t grid_dim_x();
NVFP4BENCH_DEVICE uint32_t lane_idx();

/// shfl.sync.idx (PTX ISA 9.7.9.6), whole warp: the value of lane 0, which the compiler then knows to be
/// uniform.
NVFP4BENCH_DEVICE uint32_t broadcast(uint32_t value);

/// Index of the warp in its block, known to be the same in all of its lanes. Whole warp.
NVFP4BENCH_DEVICE uint32_t warp_idx();

/// bar.warp.sync (9.7.13.2), whole warp: orders the memory accesses of its lanes.
NVFP4BENCH_DEVICE void sync_warp();

/// barrier.sync 0 (9.7.13.1), whole block: orders the memory accesses of its threads.
NVFP4BENCH_DEVICE void sync_block();

/// barrier.sync id (9.7.13.1), the `threads` threads that name the same barrier, 1 to 15; whole warps.
NVFP4BENCH_DEVICE void sync_threads(uint32_t barrier, uint32_t threads);

/// barrier.arrive id (9.7.13.1), whole warps: counts for others that wait at that barrier, orders this
/// thread's accesses before theirs, and does not wait.
NVFP4BENCH_DEVICE void arrive_threads(uint32_t barrier, uint32_t threads);

/// elect.sync (9.7.13.15), whole converged warp: true in exactly one lane.
NVFP4BENCH_DEVICE bool elect_one();

/// setmaxnreg (9.7.19.5), every warp of a warpgroup: gives back or claims registers, up to kRegisters a
/// thread. Claiming waits until the block's pool has them.
template <int kRegisters>
NVFP4BENCH_DEVICE void release_registers();
template <int kRegisters>
NVFP4BENCH_DEVICE void claim_registers();

}  // namespace nvfp4bench::ptx

#ifdef __CUDACC__
#include "kernels/ptx/inline/device.cuh"
#endif
