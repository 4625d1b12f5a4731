#include "kernels/probe/operands.hpp"
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

NVFP4BENCH_DEVICE uint32_t hash_of(uint32_t word, int64_t index) {
  return mix(word ^ mix(static_cast<uint32_t>(index)));
}

NVFP4BENCH_KERNEL(kThreads) void add_hash_kernel(const uint32_t* words, int64_t count, uint32_t* sum) {
  const int64_t stride = int64_t{ptx::grid_dim_x()} * kThreads;
  uint32_t mine = 0;
  for (int64_t i = int64_t{ptx::block_idx_x()} * kThreads + ptx::thread_idx(); i < count; i += stride)
    mine += hash_of(ptx::load_global(&words[i]), i);
  ptx::add_release(sum, mine);
}

NVFP4BENCH_KERNEL(kThreads)
void write_words_kernel(uint32_t* data, const Word* words, int64_t count, uint32_t* sum) {
  const int64_t i = int64_t{ptx::block_idx_x()} * kThreads + ptx::thread_idx();
  if (i >= count) return;
  const Word word = ptx::load_global(&words[i]);
  const uint32_t before = ptx::load_global(&data[word.index]);
  ptx::store_global(&data[word.index], word.value);
  ptx::add_release(sum, hash_of(word.value, word.index) - hash_of(before, word.index));
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

void write_words(void* data, const Word* words, int64_t count, uint32_t* sum, CUstream_st* stream) {
  if (count == 0) return;
  ptx::launch(write_words_kernel,
              {.blocks_x = static_cast<uint32_t>((count + kThreads - 1) / kThreads), .threads = kThreads},
              stream, "changing operands", static_cast<uint32_t*>(data), words, count, sum);
}

}  // namespace nvfp4bench::kernels::probe
