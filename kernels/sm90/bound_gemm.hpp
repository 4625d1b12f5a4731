// The host side of the sm90 kernels: one grouped (dual) GEMM bound to its operands.
#pragma once

#include <cstdint>
#include <string>

#include "cuda/memory.hpp"
#include "kernels/sm90/grouped_gemm.hpp"
#include "kernels/variant.hpp"

namespace nvfp4bench::kernels::sm90 {

/// Tables, schedule and token workspace of one launch of the main kernel, with the pre-pass over a before it.
class BoundGemm {
 public:
  /// With `tokens_from`, a BoundGemm over the same a, its pre-pass serves this one too.
  BoundGemm(const ProblemView& problem, Fusion fusion, const Machine& machine,
            const BoundGemm* tokens_from = nullptr);

  /// Enqueues the pre-pass (unless it is another's) and the main kernel.
  void run(CUstream_st* stream) const;

  int64_t workspace_bytes() const { return static_cast<int64_t>(tokens_.bytes()); }

 private:
  Fusion fusion_;
  bool owns_tokens_;
  uint32_t num_products_ = 0;
  uint32_t num_blocks_ = 0;
  uint32_t token_blocks_ = 0;
  cuda::DeviceBuffer tokens_;
  cuda::DeviceBuffer products_;
  cuda::DeviceBuffer tiles_;
  cuda::DeviceBuffer first_tile_;
  Arguments arguments_;
};

/// Why the sm90 kernels cannot run a problem on the current device; empty if they can.
std::string why_not(const Problem& problem, const Machine& machine);

}  // namespace nvfp4bench::kernels::sm90
