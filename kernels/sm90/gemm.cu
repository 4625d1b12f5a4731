// The single product, one launch for all groups: the unit that two_pass calls twice. Tiles are 256 rows of
// b1, so that each token panel feeds as many instructions as in the fused kernels.
#include "kernels/sm90/device/grouped_gemm.cuh"
#include "kernels/sm90/host/numerics.hpp"
#include "kernels/sm90/host/one_launch.hpp"

namespace nvfp4bench::kernels::sm90 {

template void launch_grouped_gemm<ShapeName::gemm>(const Arguments&, uint32_t, CUstream_st*);

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
    .bind = bind_one_launch<ShapeName::gemm>,
};

}  // namespace nvfp4bench::kernels::sm90
