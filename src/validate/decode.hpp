// Packed codes and scales as the integers that all exact sums are made of.
#pragma once

#include <array>
#include <cstdint>

#include "nvfp4/e2m1.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::validate {

/// Twice the two values of a packed byte, the low nibble first.
inline constexpr auto kTwiceValues = [] {
  std::array<std::array<int16_t, 2>, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    table[byte] = {static_cast<int16_t>(nvfp4::e2m1_to_twice(byte & 0xF)),
                   static_cast<int16_t>(nvfp4::e2m1_to_twice(byte >> 4))};
  }
  return table;
}();

/// Two codes, in units of 2^-1, of each of so many packed bytes.
inline void unpack_codes(const uint8_t* packed, int64_t bytes, int16_t* codes) {
  for (int64_t i = 0; i < bytes; ++i) {
    codes[2 * i] = kTwiceValues[packed[i]][0];
    codes[2 * i + 1] = kTwiceValues[packed[i]][1];
  }
}

/// NaN, and bytes that are no scale factor, are not.
constexpr bool is_finite_scale(uint8_t code) { return code < nvfp4::kUe4m3Nan; }

/// In units of 2^-9; 0 where it is not finite: sums with it mean nothing.
constexpr int32_t scale_units(uint8_t code) {
  return is_finite_scale(code) ? nvfp4::ue4m3_to_units(code) : 0;
}

}  // namespace nvfp4bench::validate
