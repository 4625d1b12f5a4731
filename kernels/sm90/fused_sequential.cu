// One launch, but the loop over k runs twice a tile: for b1, then for b2. The accumulators of the first wait
// in registers; every token panel is fetched twice.
#include "kernels/sm90/device/grouped_gemm.cuh"
#include "kernels/sm90/host/numerics.hpp"
#include "kernels/sm90/host/one_launch.hpp"

namespace nvfp4bench::kernels::sm90 {

template void launch_grouped_gemm<ShapeName::sequential>(const Arguments&, uint32_t, CUstream_st*);

extern const Variant fused_sequential;
const Variant fused_sequential{
    .name = "sm90/fused_sequential",
    .summary = "one launch, the main loop over K for b1, then again for b2, with the first accumulators kept",
    .op = Op::dual_gemm_silu,
    .on_gpu = true,
    .numerics = kNumerics,
    .structure = {.launches = 1, .passes_over_a = 2},
    .why_not = why_not,
    .bind = bind_one_launch<ShapeName::sequential>,
};

}  // namespace nvfp4bench::kernels::sm90
