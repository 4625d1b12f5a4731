// The third launch of every two-pass GPU variant: c = round(silu(alpha1 acc1) * (alpha2 acc2)) from fp32
// temporaries, all groups in one launch.
#pragma once

#include <cstdint>
#include <vector>

#include "cuda/memory.hpp"
#include "model/problem.hpp"

namespace nvfp4bench::kernels::parts {

/// One [m][n] product. Temporaries may be halves of one [m][2n] matrix: rows are `leading` elements apart.
struct FusionJob {
  const float* acc1 = nullptr;
  const float* acc2 = nullptr;
  int64_t leading = 0;
  void* c = nullptr;  // [m][n] in the output type
  int64_t m = 0;
  int64_t n = 0;
  float alpha1 = 1;
  float alpha2 = 1;
};

class FuseTemporaries {
 public:
  /// Copies the jobs to the device.
  FuseTemporaries(const std::vector<FusionJob>& jobs, OutputType output);

  /// Enqueues only.
  void run(cudaStream_t stream) const;

 private:
  cuda::DeviceBuffer jobs_;
  int job_count_ = 0;
  int64_t most_elements_ = 0;
  OutputType output_;
};

}  // namespace nvfp4bench::kernels::parts
