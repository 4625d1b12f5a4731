// One launch, but the loop over k runs twice a tile: for b1, then for b2. The accumulators of the first wait
// in registers; every token panel is fetched twice.
#include "kernels/sm90/device/grouped_gemm.cuh"
#include "kernels/sm90/host/bound_gemm.hpp"
#include "kernels/sm90/host/numerics.hpp"

namespace nvfp4bench::kernels::sm90 {

template void launch_grouped_gemm<ShapeName::sequential>(const Arguments&, uint32_t, CUstream_st*);

namespace {

constexpr ShapeName kShapes[] = {ShapeName::sequential};

class FusedSequential final : public Kernel {
 public:
  FusedSequential(const ProblemView& problem, const Machine& machine) : gemm_(problem, kShapes, machine) {}
  int64_t workspace_bytes() const override { return gemm_.workspace_bytes(); }
  void run(RunContext& context) override { gemm_.run(context.stream); }

 private:
  BoundGemm gemm_;
};

}  // namespace

extern const Variant fused_sequential;
const Variant fused_sequential{
    .name = "sm90/fused_sequential",
    .summary = "one launch, the main loop over K for b1, then again for b2, with the first accumulators kept",
    .op = Op::dual_gemm_silu,
    .on_gpu = true,
    .numerics = kNumerics,
    .structure = {.launches = 1, .passes_over_a = 2},
    .why_not = why_not,
    .bind = [](const Variant&, const ProblemView& problem, const Machine& machine)
        -> std::unique_ptr<Kernel> { return std::make_unique<FusedSequential>(problem, machine); },
};

}  // namespace nvfp4bench::kernels::sm90
