// What the variants that are one launch of the sm90 kernel have in common.
#pragma once

#include <memory>
#include <span>

#include "kernels/sm90/host/bound_gemm.hpp"
#include "kernels/variant.hpp"

namespace nvfp4bench::kernels::sm90 {

class OneLaunch final : public Kernel {
 public:
  OneLaunch(const ProblemView& problem, std::span<const ShapeName> shapes, const Machine& machine)
      : gemm_(problem, shapes, machine) {}
  int64_t workspace_bytes() const override { return gemm_.workspace_bytes(); }
  void run(RunContext& context) override { gemm_.run(context.stream); }

 private:
  BoundGemm gemm_;
};

/// Variant::bind: the best of these shapes, which share a fusion.
template <ShapeName... kShapes>
std::unique_ptr<Kernel> bind_one_launch(const Variant&, const ProblemView& problem, const Machine& machine) {
  static constexpr ShapeName kAll[] = {kShapes...};
  return std::make_unique<OneLaunch>(problem, kAll, machine);
}

}  // namespace nvfp4bench::kernels::sm90
