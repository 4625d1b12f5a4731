// The catalogue of fills: what values a problem's operands are filled with, and why.
#pragma once

#include <span>
#include <string_view>

namespace nvfp4bench::data {

struct FillInfo {
  std::string_view name;
  std::string_view summary;
};

std::span<const FillInfo> fills();
/// Null if there is none of that name.
const FillInfo* find_fill(std::string_view name);

}  // namespace nvfp4bench::data
