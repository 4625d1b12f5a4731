#include "kernels/parts/fuse_temporaries.hpp"
#include "kernels/parts/silu.cuh"
#include "kernels/ptx/device.cuh"
#include "kernels/ptx/global.cuh"
#include "kernels/ptx/launch.hpp"

namespace nvfp4bench::kernels::parts {
namespace {

constexpr int kThreads = kFusionThreads;

NVFP4BENCH_DEVICE void store(void* c, int64_t index, float y, OutputType output) {
  switch (output) {
    case OutputType::f16:
      ptx::store_global(static_cast<uint16_t*>(c) + index, uint16_t(ptx::f16x2_from_f32(y, 0)));
      break;
    case OutputType::bf16:
      ptx::store_global(static_cast<uint16_t*>(c) + index, uint16_t(ptx::bf16x2_from_f32(y, 0)));
      break;
    case OutputType::f32:
      ptx::store_global(static_cast<float*>(c) + index, y);
      break;
  }
}

/// Block row y is one job; neighbouring threads take neighbouring elements.
NVFP4BENCH_KERNEL(kThreads) void fuse(const FusionJob* jobs, OutputType output) {
  const FusionJob job = ptx::load_global(&jobs[ptx::block_idx_y()]);
  const int64_t elements = job.m * job.n;
  const int64_t stride = int64_t{ptx::grid_dim_x()} * kThreads;
  for (int64_t i = int64_t{ptx::block_idx_x()} * kThreads + ptx::thread_idx(); i < elements; i += stride) {
    const int64_t from = i / job.n * job.leading + i % job.n;
    store(job.c, i,
          silu_mul(job.alpha1 * ptx::load_global(&job.acc1[from]),
                   job.alpha2 * ptx::load_global(&job.acc2[from])),
          output);
  }
}

}  // namespace

FuseTemporaries::FuseTemporaries(const std::vector<FusionJob>& jobs, OutputType output)
    : jobs_(jobs.size() * sizeof(FusionJob)), grid_(fusion_grid(jobs)), output_(output) {
  cuda::check(cudaMemcpy(jobs_.data(), jobs.data(), jobs_.bytes(), cudaMemcpyHostToDevice),
              "copying the fusion jobs");
  // The copy is of pageable memory, and kernels' streams do not wait for the stream that makes it.
  cuda::check(cudaDeviceSynchronize(), "copying the fusion jobs");
}

void FuseTemporaries::run(cudaStream_t stream) const {
  if (grid_.x == 0) return;
  ptx::launch(fuse, {.blocks_x = grid_.x, .blocks_y = grid_.y, .threads = kThreads}, stream,
              "launching the fusion kernel", jobs_.as<FusionJob>(), output_);
}

}  // namespace nvfp4bench::kernels::parts
