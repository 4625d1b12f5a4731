// The sm90 kernel as the host sees it.
#pragma once

#include <cstdint>

#include "kernels/sm90/device/arguments.hpp"
#include "kernels/sm90/plan/shape.hpp"

struct CUstream_st;

namespace nvfp4bench::kernels::sm90 {

/// Enqueues the kernel, over `blocks` blocks, which must all fit the GPU at once. Every shape is
/// compiled in a source file of its own.
template <ShapeName kName>
void launch_grouped_gemm(const Arguments& arguments, uint32_t blocks, CUstream_st* stream);

/// Enqueues what makes new tensor maps visible to the copy engine of every SM, which may hold what lay at
/// their addresses before. Once after they were written; the kernel itself would pay up to 2 us a launch for
/// it.
void acquire_tensor_maps(const Product* products, uint32_t num_products, uint32_t num_sms,
                         CUstream_st* stream);

}  // namespace nvfp4bench::kernels::sm90
