// The token tile sizes that the kernels are compiled for, listed once for the host and the device.
#pragma once

#include <cstdint>

namespace nvfp4bench::kernels::sm90 {

template <uint32_t... kSizes>
struct TokenSizes {};

/// In the order in which a block runs its tiles. Every one costs compile time in every kernel.
using AllTokenSizes =
    TokenSizes<176, 160, 144, 128, 120, 112, 104, 96, 88, 80, 72, 64, 56, 48, 40, 32, 24, 16, 8>;

}  // namespace nvfp4bench::kernels::sm90
