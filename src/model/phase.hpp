// Names of phases, as kernels give them at the end of each.
#pragma once

#include <string_view>

namespace nvfp4bench::phase {

inline constexpr std::string_view kPass1 = "pass 1";
inline constexpr std::string_view kPass2 = "pass 2";
inline constexpr std::string_view kFusion = "fusion";
/// A product with the rows of b1 and b2 stacked.
inline constexpr std::string_view kStackedProduct = "stacked product";

}  // namespace nvfp4bench::phase
