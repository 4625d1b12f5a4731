// E2M1, the 4-bit float of NVFP4 (OCP Microscaling Formats 1.0, section 5.3.3): sign, 2 exponent bits, 1
// mantissa bit. Codes 0..7 are 0, 0.5, 1, 1.5, 2, 3, 4, 6; bit 3 is the sign. No infinity, no NaN.
//
// For host and device code; only the low four bits of a code are read.
#pragma once

#include <bit>
#include <cstdint>

namespace nvfp4bench::nvfp4 {

inline constexpr float kE2m1Max = 6;

/// Twice the value, an integer: 0, 1, 2, 3, 4, 6, 8, 12 and their negatives.
constexpr int e2m1_to_twice(unsigned code) {
  const int exponent = static_cast<int>(code >> 1 & 3u);
  const int mantissa = static_cast<int>(code & 1u);
  const int magnitude = exponent == 0 ? mantissa : (2 + mantissa) << (exponent - 1);
  return (code & 8u) != 0 ? -magnitude : magnitude;
}

/// The value; code 8 is -0.
constexpr float e2m1_to_float(unsigned code) {
  const auto magnitude = 0.5f * static_cast<float>(e2m1_to_twice(code & 7u));
  return (code & 8u) != 0 ? -magnitude : magnitude;
}

/// The nearest code, ties to even, saturating at +-6. NaN saturates too. Free of branches, so that loops over
/// it vectorise.
constexpr uint8_t e2m1_from_float(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  const auto magnitude = std::bit_cast<float>(bits & 0x7FFF'FFFFu);
  // One comparison a rounding boundary; a boundary itself goes to the even one of its two codes.
  const uint32_t code = uint32_t{!(magnitude <= 0.25f)} + uint32_t{!(magnitude < 0.75f)} +
                        uint32_t{!(magnitude <= 1.25f)} + uint32_t{!(magnitude < 1.75f)} +
                        uint32_t{!(magnitude <= 2.5f)} + uint32_t{!(magnitude < 3.5f)} +
                        uint32_t{!(magnitude <= 5.0f)};
  return static_cast<uint8_t>(code | (bits >> 28 & 8u));
}

}  // namespace nvfp4bench::nvfp4
