#include <algorithm>

#include "kernels/parts/fuse_temporaries.hpp"
#include "kernels/parts/silu.cuh"
#include "kernels/ptx/device.cuh"
#include "kernels/ptx/global.cuh"
#include "kernels/ptx/launch.hpp"

namespace nvfp4bench::kernels::parts {
namespace {

constexpr int kThreads = 256;
constexpr int64_t kElementsPerThread = 8;

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
    : jobs_(jobs.size() * sizeof(FusionJob)), job_count_(static_cast<int>(jobs.size())), output_(output) {
  for (const FusionJob& job : jobs) most_elements_ = std::max(most_elements_, job.m * job.n);
  cuda::check(cudaMemcpy(jobs_.data(), jobs.data(), jobs_.bytes(), cudaMemcpyHostToDevice),
              "copying the fusion jobs");
}

void FuseTemporaries::run(cudaStream_t stream) const {
  if (most_elements_ == 0) return;
  constexpr int64_t kPerBlock = kThreads * kElementsPerThread;
  const int64_t blocks = std::min<int64_t>((most_elements_ + kPerBlock - 1) / kPerBlock, 65535);
  ptx::launch(fuse,
              {.blocks_x = static_cast<uint32_t>(blocks),
               .blocks_y = static_cast<uint32_t>(job_count_),
               .threads = kThreads},
              stream, "launching the fusion kernel", jobs_.as<FusionJob>(), output_);
}

}  // namespace nvfp4bench::kernels::parts
