// The host side of the sm90 kernels: one grouped (dual) GEMM bound to its operands.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "cuda/memory.hpp"
#include "kernels/sm90/device/arguments.hpp"
#include "kernels/sm90/plan/shape.hpp"
#include "kernels/variant.hpp"

namespace nvfp4bench::kernels::sm90 {

/// Tables, schedule and token workspace of one launch of the kernel. Launches of one BoundGemm must follow
/// one another: they share the workspace.
class BoundGemm {
 public:
  /// Takes the best of `shapes`, which share a fusion. With `tokens_from`, a BoundGemm over the same a that
  /// runs before and outlives this one, its expanded tokens serve this one too.
  BoundGemm(const ProblemView& problem, std::span<const ShapeName> shapes, const Machine& machine,
            const BoundGemm* tokens_from = nullptr);

  /// Enqueues one launch.
  void run(CUstream_st* stream) const;

  int64_t workspace_bytes() const { return static_cast<int64_t>(tokens_.bytes()); }

 private:
  void (*launch_)(const Arguments& arguments, uint32_t blocks, CUstream_st* stream) = nullptr;
  uint32_t num_blocks_ = 0;
  cuda::DeviceBuffer tokens_;
  cuda::DeviceBuffer products_;
  cuda::DeviceBuffer tiles_;
  cuda::DeviceBuffer jobs_;
  cuda::DeviceBuffer progress_;
  Arguments arguments_;
};

/// Why the sm90 kernels cannot run a problem on the current device; empty if they can.
std::string why_not(const Variant&, const Problem& problem, const Machine& machine);

}  // namespace nvfp4bench::kernels::sm90
