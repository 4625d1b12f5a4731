#include "kernels/probe/hash.hpp"
#include "kernels/ptx/device.cuh"
#include "kernels/ptx/global.cuh"
#include "kernels/ptx/launch.hpp"

namespace nvfp4bench::kernels::probe {
namespace {

constexpr uint32_t kThreads = 256;
constexpr int64_t kMaxBlocks = 1024;

/// MurmurHash3's finaliser: a permutation of the words, so that at one place two words never give the same.
NVFP4BENCH_DEVICE uint32_t mix(uint32_t word) {
  word = (word ^ word >> 16) * 0x85EBCA6B;
  word = (word ^ word >> 13) * 0xC2B2AE35;
  return word ^ word >> 16;
}

NVFP4BENCH_KERNEL(kThreads) void add_hash_kernel(const uint32_t* words, int64_t count, uint32_t* sum) {
  const int64_t stride = int64_t{ptx::grid_dim_x()} * kThreads;
  uint32_t mine = 0;
  for (int64_t i = int64_t{ptx::block_idx_x()} * kThreads + ptx::thread_idx(); i < count; i += stride)
    mine += mix(ptx::load_global(&words[i]) ^ mix(static_cast<uint32_t>(i)));
  ptx::add_release(sum, mine);
}

}  // namespace

void add_hash(const void* data, int64_t bytes, uint32_t* sum, CUstream_st* stream) {
  const int64_t count = bytes / 4;
  const int64_t blocks = (count + kThreads - 1) / kThreads;
  if (blocks == 0) return;
  ptx::launch(
      add_hash_kernel,
      {.blocks_x = static_cast<uint32_t>(blocks < kMaxBlocks ? blocks : kMaxBlocks), .threads = kThreads},
      stream, "hashing operands", static_cast<const uint32_t*>(data), count, sum);
}

}  // namespace nvfp4bench::kernels::probe
