// Two 4-bit codes a byte: the even element in the low nibble. For host and device code.
#pragma once

#include <cstdint>

namespace nvfp4bench::nvfp4 {

/// Of the byte that holds element `index`.
constexpr uint8_t nibble_of(uint8_t byte, int64_t index) {
  return static_cast<uint8_t>(byte >> (index % 2 * 4) & 0xF);
}

constexpr uint8_t get_nibble(const uint8_t* bytes, int64_t index) {
  return nibble_of(bytes[index / 2], index);
}

/// Leaves the other nibble of the byte as it is.
constexpr void put_nibble(uint8_t* bytes, int64_t index, uint8_t code) {
  const auto shift = static_cast<int>(index % 2 * 4);
  const int kept = bytes[index / 2] & (0xF0 >> shift);
  bytes[index / 2] = static_cast<uint8_t>(kept | (code & 0xF) << shift);
}

}  // namespace nvfp4bench::nvfp4
