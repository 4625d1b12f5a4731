// fp16 (IEEE 754 binary16) and bf16 (the upper half of fp32) as bit patterns, and distances in ulp.
//
// f16_from and bf16_from round fp32 and fp64 alike once, to nearest even; beyond the largest finite value
// they give infinity where IEEE 754 does. A NaN becomes the quiet NaN of the same sign. For host and device
// code.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>

#include "nvfp4/rounding.hpp"

namespace nvfp4bench::nvfp4 {

using F16Format = NarrowFormat<5, 10>;
using Bf16Format = NarrowFormat<8, 7>;

template <class Format, std::floating_point Source>
constexpr uint16_t encode_ieee16(Source x) {
  using Bits = BitsOf<Source>;
  constexpr int kSignShift = static_cast<int>(8 * sizeof(Source)) - 1;
  constexpr Bits kOverflow = Format::template power_of_two_bits<Source>(Format::kBias + 1);
  constexpr uint32_t kInfinity = (2u * Format::kBias + 1) << Format::kMantissa;
  constexpr uint32_t kQuiet = 1u << (Format::kMantissa - 1);

  const Bits bits = std::bit_cast<Bits>(x);
  const uint32_t sign = static_cast<uint32_t>(bits >> kSignShift) << 15;
  const auto magnitude = std::bit_cast<Source>(bits & ~(Bits{1} << kSignShift));
  if (x != x) return static_cast<uint16_t>(sign | kInfinity | kQuiet);
  if (std::bit_cast<Bits>(magnitude) >= kOverflow) return static_cast<uint16_t>(sign | kInfinity);
  return static_cast<uint16_t>(sign | Format::round(magnitude));
}

template <std::floating_point Source>
constexpr uint16_t f16_from(Source x) {
  return encode_ieee16<F16Format>(x);
}

template <std::floating_point Source>
constexpr uint16_t bf16_from(Source x) {
  return encode_ieee16<Bf16Format>(x);
}

constexpr float f16_to_float(uint16_t code) {
  const uint32_t sign = (code & 0x8000u) << 16;
  const uint32_t magnitude = code & 0x7FFFu;
  uint32_t bits;
  if (magnitude >= 0x7C00u) {  // infinity or NaN: widen the exponent field of ones, keep the payload
    bits = 0x7F80'0000u | magnitude << 13;
  } else if (magnitude >= 0x0400u) {
    bits = (magnitude << 13) + ((127u - 15u) << 23);
  } else {
    bits = std::bit_cast<uint32_t>(static_cast<float>(magnitude) * 0x1p-24f);
  }
  return std::bit_cast<float>(sign | bits);
}

constexpr float bf16_to_float(uint16_t code) { return std::bit_cast<float>(uint32_t{code} << 16); }

/// Maps the codes of a format to consecutive integers in order of value, so that a distance in ulp is a
/// difference. Both zeros are 0; infinity is one beyond the largest finite value. Meaningless for NaN.
constexpr int32_t ordinal(uint16_t code) {
  const auto magnitude = static_cast<int32_t>(code & 0x7FFFu);
  return (code & 0x8000u) != 0 ? -magnitude : magnitude;
}

/// The same for the bits of an fp32.
constexpr int64_t ordinal(uint32_t code) {
  const auto magnitude = static_cast<int64_t>(code & 0x7FFF'FFFFu);
  return (code & 0x8000'0000u) != 0 ? -magnitude : magnitude;
}

}  // namespace nvfp4bench::nvfp4
