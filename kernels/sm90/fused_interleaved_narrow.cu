// Shape `narrow` of sm90/fused_interleaved, in a file of its own so that the shapes compile side by side.
#include "kernels/sm90/device/grouped_gemm.cuh"

namespace nvfp4bench::kernels::sm90 {

template void launch_grouped_gemm<ShapeName::narrow>(const Arguments&, uint32_t, CUstream_st*);

}  // namespace nvfp4bench::kernels::sm90
