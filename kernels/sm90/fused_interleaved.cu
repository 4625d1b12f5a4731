// One launch, each token panel loaded once for both products: gate and up of an output are accumulators of
// the same thread. The fastest of the three fusions. It has two shapes; fused_interleaved_narrow.cu is the
// other.
#include "kernels/sm90/device/grouped_gemm.cuh"
#include "kernels/sm90/host/bound_gemm.hpp"
#include "kernels/sm90/host/numerics.hpp"

namespace nvfp4bench::kernels::sm90 {

template void launch_grouped_gemm<ShapeName::deep>(const Arguments&, uint32_t, CUstream_st*);

namespace {

constexpr ShapeName kShapes[] = {ShapeName::deep, ShapeName::narrow};

class FusedInterleaved final : public Kernel {
 public:
  FusedInterleaved(const ProblemView& problem, const Machine& machine) : gemm_(problem, kShapes, machine) {}
  int64_t workspace_bytes() const override { return gemm_.workspace_bytes(); }
  void run(RunContext& context) override { gemm_.run(context.stream); }

 private:
  BoundGemm gemm_;
};

}  // namespace

extern const Variant fused_interleaved;
const Variant fused_interleaved{
    .name = "sm90/fused_interleaved",
    .summary =
        "one launch, each token tile loaded once for both products; FP4 weights dequantised into wgmma "
        "registers",
    .op = Op::dual_gemm_silu,
    .on_gpu = true,
    .numerics = kNumerics,
    .structure = {.launches = 1, .passes_over_a = 1},
    .why_not = why_not,
    .bind = [](const Variant&, const ProblemView& problem, const Machine& machine)
        -> std::unique_ptr<Kernel> { return std::make_unique<FusedInterleaved>(problem, machine); },
};

}  // namespace nvfp4bench::kernels::sm90
