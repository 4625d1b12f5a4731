// How fast the tensor cores go: a large cuBLASLt product on the operands that the baselines use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kernels/variant.hpp"

namespace nvfp4bench::kernels::cublaslt {

/// Flops per second of an 8192 x 8192 x 8192 product of random values, the best of a few. Absent, with the
/// reason in `why_not`, without cuBLASLt. Throws when the GPU fails.
std::optional<double> measure_tensor_rate(const Machine& machine, std::string& why_not);

/// "fp16" or "FP4": what the tensor cores of the device multiply there.
std::string_view tensor_type(const Machine& machine);

}  // namespace nvfp4bench::kernels::cublaslt
