// What the board of a GPU says of itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace nvfp4bench {

/// At one moment.
struct BoardState {
  std::optional<unsigned> sm_clock_mhz;
  /// Reasons for which the clock is held down (nvmlClocksEventReasons bits), idle left out; 0: none.
  std::optional<uint64_t> throttle_reasons;
};

/// "power cap, thermal": names of throttle bits; "" for 0.
std::string throttle_text(uint64_t reasons);

}  // namespace nvfp4bench
