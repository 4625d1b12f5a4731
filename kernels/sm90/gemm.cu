// The single product, one launch for all groups: the unit that two_pass calls twice. Tiles are 256 rows of
// b1, so that each token panel feeds as many instructions as in the fused kernels.
#include "kernels/sm90/device/grouped_gemm.cuh"
#include "kernels/sm90/host/bound_gemm.hpp"
#include "kernels/sm90/host/numerics.hpp"

namespace nvfp4bench::kernels::sm90 {

template void launch_grouped_gemm<ShapeName::gemm>(const Arguments&, uint32_t, CUstream_st*);

namespace {

constexpr ShapeName kShapes[] = {ShapeName::gemm};

class Gemm final : public Kernel {
 public:
  Gemm(const ProblemView& problem, const Machine& machine) : gemm_(problem, kShapes, machine) {}
  int64_t workspace_bytes() const override { return gemm_.workspace_bytes(); }
  void run(RunContext& context) override { gemm_.run(context.stream); }

 private:
  BoundGemm gemm_;
};

}  // namespace

extern const Variant gemm;
const Variant gemm{
    .name = "sm90/gemm",
    .summary =
        "one launch for all groups; FP4 weights dequantised into wgmma registers, tokens expanded to fp16 "
        "first",
    .op = Op::gemm,
    .on_gpu = true,
    .numerics = kNumerics,
    .structure = {.launches = 1, .passes_over_a = 1},
    .why_not = why_not,
    .bind = [](const Variant&, const ProblemView& problem, const Machine& machine)
        -> std::unique_ptr<Kernel> { return std::make_unique<Gemm>(problem, machine); },
};

}  // namespace nvfp4bench::kernels::sm90
