// The third launch of every two-pass GPU variant: c = round(silu(alpha1 acc1) * (alpha2 acc2)) from fp32
// temporaries, all groups in one launch.
#pragma once

#include <vector>

#include "cuda/memory.hpp"
#include "kernels/parts/fusion_job.hpp"
#include "model/problem.hpp"

namespace nvfp4bench::kernels::parts {

class FuseTemporaries {
 public:
  /// Copies the jobs to the device.
  FuseTemporaries(const std::vector<FusionJob>& jobs, OutputType output);

  /// Enqueues only.
  void run(cudaStream_t stream) const;

 private:
  cuda::DeviceBuffer jobs_;
  FusionGrid grid_;
  OutputType output_;
};

}  // namespace nvfp4bench::kernels::parts
