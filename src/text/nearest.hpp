// Near misses of names.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace nvfp4bench::text {

/// The candidate with the smallest edit distance to `name`, or empty if none is near.
std::string nearest(std::string_view name, std::span<const std::string_view> candidates);

/// " (did you mean 'gauss'?)", to follow a name that is unknown; empty if none is near.
std::string did_you_mean(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace nvfp4bench::text
