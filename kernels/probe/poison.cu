#include "cuda/check.hpp"
#include "kernels/probe/poison.hpp"
#include "kernels/ptx/device.cuh"

namespace nvfp4bench::kernels::probe {
namespace {

constexpr uint32_t kThreads = 256;
constexpr int64_t kMaxBlocks = 1024;

template <class Element>
__global__ void __launch_bounds__(kThreads) fill(Element* c, int64_t count, Element pattern) {
  const int64_t stride = int64_t{ptx::grid_dim_x()} * kThreads;
  for (int64_t i = int64_t{ptx::block_idx_x()} * kThreads + ptx::thread_idx(); i < count; i += stride)
    c[i] = pattern;
}

template <class Element>
void launch(void* c, int64_t count, uint32_t pattern, cudaStream_t stream) {
  const int64_t blocks = (count + kThreads - 1) / kThreads;
  fill<<<static_cast<uint32_t>(blocks < kMaxBlocks ? blocks : kMaxBlocks), kThreads, 0, stream>>>(
      static_cast<Element*>(c), count, static_cast<Element>(pattern));
  cuda::check(cudaGetLastError(), "poisoning an output");
}

}  // namespace

void poison(void* c, int64_t count, int64_t bytes_per_element, uint32_t pattern, CUstream_st* stream) {
  if (count == 0) return;
  bytes_per_element == 4 ? launch<uint32_t>(c, count, pattern, stream)
                         : launch<uint16_t>(c, count, pattern, stream);
}

}  // namespace nvfp4bench::kernels::probe
