// UE4M3, the scale factors of NVFP4: E4M3 (OCP 8-bit Floating Point 1.0, "FN" variant) restricted to sign 0.
// Codes 0x00..0x07 are multiples of 2^-9 (subnormal), 0x7E is 448, 0x7F is NaN. There is no infinity. Codes
// from 0x80 on have the sign bit set and are not scale factors.
//
// For host and device code.
#pragma once

#include <cstdint>
#include <limits>

#include "nvfp4/rounding.hpp"

namespace nvfp4bench::nvfp4 {

inline constexpr uint8_t kUe4m3Nan = 0x7F;
inline constexpr uint8_t kUe4m3One = 0x38;
inline constexpr uint8_t kUe4m3Max = 0x7E;
inline constexpr float kUe4m3MaxValue = 448;

/// Whether the byte is a scale factor at all; NaN is one.
constexpr bool ue4m3_is_valid(uint8_t code) { return code < 0x80; }

/// The value in units of 2^-9, an integer up to 229,376 (448). The code must be valid and not NaN.
constexpr int32_t ue4m3_to_units(uint8_t code) {
  const int exponent = code >> 3;
  const int mantissa = code & 7;
  return exponent == 0 ? mantissa : (8 + mantissa) << (exponent - 1);
}

/// The value of a valid code.
constexpr float ue4m3_to_float(uint8_t code) {
  if (code == kUe4m3Nan) return std::numeric_limits<float>::quiet_NaN();
  return static_cast<float>(ue4m3_to_units(code)) * 0x1p-9f;
}

/// The nearest code of x >= 0, ties to even, saturating at 448, infinity included. NaN stays NaN.
constexpr uint8_t ue4m3_from_float(float x) {
  if (x != x) return kUe4m3Nan;
  return static_cast<uint8_t>(NarrowFormat<4, 3>::round(x < kUe4m3MaxValue ? x : kUe4m3MaxValue));
}

}  // namespace nvfp4bench::nvfp4
