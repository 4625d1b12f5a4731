#include "kernels/probe/poison.hpp"
#include "kernels/ptx/device.cuh"
#include "kernels/ptx/global.cuh"
#include "kernels/ptx/launch.hpp"

namespace nvfp4bench::kernels::probe {
namespace {

constexpr uint32_t kThreads = 256;
constexpr int64_t kMaxBlocks = 1024;

template <class Element>
NVFP4BENCH_KERNEL(kThreads)
void fill(Element* c, int64_t count, Element pattern) {
  const int64_t stride = int64_t{ptx::grid_dim_x()} * kThreads;
  for (int64_t i = int64_t{ptx::block_idx_x()} * kThreads + ptx::thread_idx(); i < count; i += stride)
    ptx::store_global(&c[i], pattern);
}

template <class Element>
void launch_fill(void* c, int64_t count, uint32_t pattern, CUstream_st* stream) {
  const int64_t blocks = (count + kThreads - 1) / kThreads;
  ptx::launch(
      fill<Element>,
      {.blocks_x = static_cast<uint32_t>(blocks < kMaxBlocks ? blocks : kMaxBlocks), .threads = kThreads},
      stream, "poisoning an output", static_cast<Element*>(c), count, static_cast<Element>(pattern));
}

}  // namespace

void poison(void* c, int64_t count, int64_t bytes_per_element, uint32_t pattern, CUstream_st* stream) {
  if (count == 0) return;
  bytes_per_element == 4 ? launch_fill<uint32_t>(c, count, pattern, stream)
                         : launch_fill<uint16_t>(c, count, pattern, stream);
}

}  // namespace nvfp4bench::kernels::probe
