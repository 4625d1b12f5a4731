#include "model/board_state.hpp"

#include <string_view>
#include <utility>

namespace nvfp4bench {
namespace {

// NVML API reference, "NvmlClocksEventReasons".
constexpr std::pair<uint64_t, std::string_view> kReasons[] = {
    {0x02, "application clocks"}, {0x04, "power cap"},       {0x08, "hardware slowdown"},
    {0x10, "sync boost"},         {0x20, "thermal"},         {0x40, "hardware thermal"},
    {0x80, "power brake"},        {0x100, "display clocks"},
};

}  // namespace

std::string throttle_text(uint64_t reasons) {
  std::string text;
  for (const auto& [bit, name] : kReasons) {
    if (reasons & bit) text.append(text.empty() ? "" : ", ").append(name);
  }
  return text;
}

}  // namespace nvfp4bench
