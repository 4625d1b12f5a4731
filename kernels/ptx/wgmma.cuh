// Warpgroup matrix multiply (wgmma, PTX ISA 9.7.15): D += A B, asynchronous, issued by the four warps of a
// warpgroup together. fp16 operands, fp32 accumulators; A from registers ("RS"), B from shared memory.
#pragma once

#include <cstdint>

#include "kernels/ptx/shared.cuh"

namespace nvfp4bench::ptx {

/// Depth of one instruction.
inline constexpr uint32_t kMmaK = 16;

/// wgmma.fence: orders this warp's register writes before the wgmma that read them.
NVFP4BENCH_DEVICE void wgmma_fence();

/// wgmma.commit_group: closes a group of the wgmma issued so far.
NVFP4BENCH_DEVICE void wgmma_commit();

/// wgmma.wait_group: returns when at most kPending groups are in flight. Registers of a group in flight (A
/// and D) must not be touched.
template <int kPending>
NVFP4BENCH_DEVICE void wgmma_wait();

/// Matrix descriptor (9.7.15.5.1.2) of a K-major operand of 16-bit elements with 128-byte swizzle: rows of
/// 128 bytes, eight rows to a 1024-byte atom, atoms contiguous. `tile` is 1024-byte aligned.
NVFP4BENCH_DEVICE uint64_t descriptor_swizzle128(SharedAddress tile) {
  constexpr uint64_t kSwizzle128 = 1;          // bits 62-63
  constexpr uint64_t kAtomStride = 1024 >> 4;  // bits 32-45
  return kSwizzle128 << 62 | kAtomStride << 32 | uint64_t{1} << 16 | (tile & 0x3FFFF) >> 4;
}
/// Distance in a descriptor between consecutive k steps of one instruction's depth.
inline constexpr uint64_t kDescriptorStepK = kMmaK * 2 >> 4;

/// wgmma.mma_async m64nNk16, A in registers: D[64][N] += A[64][16] B[N][16]^T, N a multiple of 8 up to 256.
/// Lane l of warp w, g = l / 4, c = l % 4, holds of the rows r = 16w + g and r + 8:
///   a[0] (r; 2c, 2c+1)   a[2] (r; 2c+8, 2c+9)    d[4j]   (r; 8j+2c)     d[4j+1] (r; 8j+2c+1)
///   a[1], a[3]: the same columns of row r + 8    d[4j+2], d[4j+3]: the same columns of row r + 8
/// Asynchronous: fence before, commit and wait after. The descriptor must be the same in all four warps.
template <int kN>
NVFP4BENCH_DEVICE void wgmma_rs(float (&d)[kN / 2], const uint32_t (&a)[4], uint64_t b);

}  // namespace nvfp4bench::ptx

#ifdef __CUDACC__
#include "kernels/ptx/inline/wgmma.cuh"
#endif
