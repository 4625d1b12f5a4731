// The numerics contract of the sm90 kernels.
#pragma once

#include <array>
#include <cstdint>

#include "kernels/sm90/plan/layout.hpp"
#include "model/numerics.hpp"

namespace nvfp4bench::kernels::sm90 {

/// Which k of a chunk each step of 16 adds: the inverse of token_position.
inline constexpr auto kStepOrder = [] {
  std::array<uint8_t, kChunkK> order{};
  for (uint32_t k = 0; k < kChunkK; ++k) order[token_position(k)] = static_cast<uint8_t>(k);
  return order;
}();

inline constexpr Numerics kNumerics{.accumulator = Accumulator::hopper_fp16_k16,
                                    .silu = SiluTier::approx,
                                    .deterministic = true,
                                    .step_order = kStepOrder};

}  // namespace nvfp4bench::kernels::sm90
