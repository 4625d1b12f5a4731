// One launch, each token panel loaded once for both products: gate and up of an output are accumulators of
// the same thread. The fastest of the three fusions. It has two shapes; fused_interleaved_narrow.cu is the
// other.
#include "kernels/sm90/device/grouped_gemm.cuh"
#include "kernels/sm90/host/numerics.hpp"
#include "kernels/sm90/host/one_launch.hpp"

namespace nvfp4bench::kernels::sm90 {

template void launch_grouped_gemm<ShapeName::deep>(const Arguments&, uint32_t, CUstream_st*);

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
    .bind = bind_one_launch<ShapeName::deep, ShapeName::narrow>,
};

}  // namespace nvfp4bench::kernels::sm90
