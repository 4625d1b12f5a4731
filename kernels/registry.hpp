// The list of all variants that this build has.
#pragma once

#include <span>

#include "kernels/variant.hpp"

namespace nvfp4bench::kernels {

/// In the order of variants.def.
std::span<const Variant* const> variants();

}  // namespace nvfp4bench::kernels
