#include "cuda/check.hpp"
#include "kernels/probe/probe.hpp"
#include "kernels/ptx/clock.cuh"
#include "kernels/ptx/device.cuh"

namespace nvfp4bench::kernels::probe {
namespace {

constexpr uint32_t kThreads = 512;
constexpr uint32_t kBlocksPerSm = 4;
/// Independent 16-byte loads in flight per thread: 4 x 512 x 4 x 16 bytes = 128 KB an SM, several times
/// latency times bandwidth.
constexpr uint32_t kUnroll = 4;

NVFP4BENCH_KERNEL(kThreads) void read_kernel(const uint4* data, std::size_t vectors, uint32_t* sink) {
  const std::size_t stride = std::size_t{ptx::grid_dim_x()} * kThreads;
  std::size_t i = std::size_t{ptx::block_idx_x()} * kThreads + ptx::thread_idx();
  uint32_t hash = 1;
  for (; i + (kUnroll - 1) * stride < vectors; i += kUnroll * stride) {
    uint4 v[kUnroll];
#pragma unroll
    for (uint32_t u = 0; u < kUnroll; ++u) v[u] = data[i + u * stride];
#pragma unroll
    for (uint32_t u = 0; u < kUnroll; ++u) hash ^= v[u].x ^ v[u].y ^ v[u].z ^ v[u].w;
  }
  for (; i < vectors; i += stride) hash ^= data[i].x;
  if (hash == 0) *sink = hash;
}

NVFP4BENCH_KERNEL() void hold_kernel(Gate* gate, uint64_t limit_ns) {
  gate->reached = 1;
  const uint64_t began = ptx::global_timer_ns();
  while (!gate->open && ptx::global_timer_ns() - began < limit_ns) {
  }
  gate->begin_ns = ptx::global_timer_ns();
}

NVFP4BENCH_KERNEL() void stamp_end_kernel(Gate* gate) { gate->end_ns = ptx::global_timer_ns(); }

NVFP4BENCH_KERNEL() void nothing_kernel() {}

}  // namespace

void read_memory(const void* data, std::size_t bytes, uint32_t* sink, int sm_count, CUstream_st* stream) {
  read_kernel<<<kBlocksPerSm * sm_count, kThreads, 0, stream>>>(static_cast<const uint4*>(data),
                                                                bytes / sizeof(uint4), sink);
  cuda::check(cudaGetLastError(), "launching the memory read");
}

void hold(Gate* gate, uint64_t limit_ns, CUstream_st* stream) {
  hold_kernel<<<1, 1, 0, stream>>>(gate, limit_ns);
  cuda::check(cudaGetLastError(), "launching the gate");
}

void stamp_end(Gate* gate, CUstream_st* stream) {
  stamp_end_kernel<<<1, 1, 0, stream>>>(gate);
  cuda::check(cudaGetLastError(), "launching a time stamp");
}

void nothing(CUstream_st* stream) {
  nothing_kernel<<<1, 1, 0, stream>>>();
  cuda::check(cudaGetLastError(), "launching an empty kernel");
}

}  // namespace nvfp4bench::kernels::probe
