// Output elements as numbers of their type: bits, values, and places on the type's number line.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "model/problem.hpp"
#include "nvfp4/float16.hpp"
#include "validate/epilogue_bound.hpp"

namespace nvfp4bench::validate {

inline uint32_t load_bits(const void* c, int64_t i, OutputType type) {
  return type == OutputType::f32 ? static_cast<const uint32_t*>(c)[i] : static_cast<const uint16_t*>(c)[i];
}

/// Rounds once, to nearest even, overflowing to infinity as IEEE 754 does.
inline uint32_t round_to_bits(double x, OutputType type) {
  switch (type) {
    case OutputType::f16:
      return nvfp4::f16_from(x);
    case OutputType::bf16:
      return nvfp4::bf16_from(x);
    case OutputType::f32:
      return std::bit_cast<uint32_t>(static_cast<float>(x));
  }
  return 0;
}

inline double to_double(uint32_t bits, OutputType type) {
  switch (type) {
    case OutputType::f16:
      return nvfp4::f16_to_float(static_cast<uint16_t>(bits));
    case OutputType::bf16:
      return nvfp4::bf16_to_float(static_cast<uint16_t>(bits));
    case OutputType::f32:
      return std::bit_cast<float>(bits);
  }
  return 0;
}

/// Neighbouring values differ by 1; both zeros are 0. Meaningless for NaN.
inline int64_t ordinal(uint32_t bits, OutputType type) {
  return type == OutputType::f32 ? nvfp4::ordinal(bits) : nvfp4::ordinal(static_cast<uint16_t>(bits));
}

/// The outputs that a bound allows: everything between the roundings of its ends. Rounding is monotone, so
/// this holds for every number in between, subnormal, zero or infinite.
struct AcceptedInterval {
  uint32_t low_bits = 0;
  uint32_t high_bits = 0;
  OutputType type = OutputType::f16;

  /// `bounded.y` must not be NaN: where it is, NaN is the only right output.
  AcceptedInterval(const Bounded& bounded, OutputType output)
      : low_bits(round_to_bits(bounded.y - bounded.error, output)),
        high_bits(round_to_bits(bounded.y + bounded.error, output)),
        type(output) {}

  double low() const { return to_double(low_bits, type); }
  double high() const { return to_double(high_bits, type); }

  bool accepts(uint32_t bits) const {
    return !std::isnan(to_double(bits, type)) && ordinal(low_bits, type) <= ordinal(bits, type) &&
           ordinal(bits, type) <= ordinal(high_bits, type);
  }

  /// How many numbers of the output type it accepts.
  int64_t width() const { return ordinal(high_bits, type) - ordinal(low_bits, type) + 1; }
};

}  // namespace nvfp4bench::validate
