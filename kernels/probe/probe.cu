#include "kernels/probe/probe.hpp"
#include "kernels/ptx/clock.cuh"
#include "kernels/ptx/device.cuh"
#include "kernels/ptx/global.cuh"
#include "kernels/ptx/launch.hpp"
#include "kernels/ptx/shared.cuh"

namespace nvfp4bench::kernels::probe {
namespace {

constexpr uint32_t kThreads = 512;
constexpr uint32_t kBlocksPerSm = 4;
/// Independent 16-byte loads in flight per thread: 4 x 512 x 4 x 16 bytes = 128 KB an SM, several times
/// latency times bandwidth.
constexpr uint32_t kUnroll = 4;

NVFP4BENCH_KERNEL(kThreads) void read_kernel(const ptx::Words<4>* data, std::size_t vectors, uint32_t* sink) {
  const std::size_t stride = std::size_t{ptx::grid_dim_x()} * kThreads;
  std::size_t i = std::size_t{ptx::block_idx_x()} * kThreads + ptx::thread_idx();
  uint32_t hash = 1;
  for (; i + (kUnroll - 1) * stride < vectors; i += kUnroll * stride) {
    ptx::Words<4> v[kUnroll];
#pragma unroll
    for (uint32_t u = 0; u < kUnroll; ++u) v[u] = ptx::load_global(&data[i + u * stride]);
#pragma unroll
    for (uint32_t u = 0; u < kUnroll; ++u) hash ^= v[u].word[0] ^ v[u].word[1] ^ v[u].word[2] ^ v[u].word[3];
  }
  for (; i < vectors; i += stride) hash ^= ptx::load_global(&data[i].word[0]);
  if (hash == 0) ptx::store_global(sink, hash);
}

NVFP4BENCH_KERNEL() void hold_kernel(Gate* gate, uint64_t limit_ns) {
  ptx::store_volatile(&gate->reached, 1);
  const uint64_t began = ptx::global_timer_ns();
  while (!ptx::load_volatile(&gate->open) && ptx::global_timer_ns() - began < limit_ns) {
  }
  ptx::store_volatile(&gate->begin_ns, ptx::global_timer_ns());
}

NVFP4BENCH_KERNEL() void stamp_end_kernel(Gate* gate) {
  ptx::store_volatile(&gate->end_ns, ptx::global_timer_ns());
}

NVFP4BENCH_KERNEL() void nothing_kernel() {}

}  // namespace

void read_memory(const void* data, std::size_t bytes, uint32_t* sink, int sm_count, CUstream_st* stream) {
  using Vector = ptx::Words<4>;
  ptx::launch(read_kernel, {.blocks_x = kBlocksPerSm * static_cast<uint32_t>(sm_count), .threads = kThreads},
              stream, "launching the memory read", static_cast<const Vector*>(data), bytes / sizeof(Vector),
              sink);
}

void hold(Gate* gate, uint64_t limit_ns, CUstream_st* stream) {
  ptx::launch(hold_kernel, {}, stream, "launching the gate", gate, limit_ns);
}

void stamp_end(Gate* gate, CUstream_st* stream) {
  ptx::launch(stamp_end_kernel, {}, stream, "launching a time stamp", gate);
}

void nothing(CUstream_st* stream) { ptx::launch(nothing_kernel, {}, stream, "launching an empty kernel"); }

}  // namespace nvfp4bench::kernels::probe
