// Output elements as numbers of their type: bits, values, and places on the type's number line.
#pragma once

#include <cmath>
#include <cstdint>

#include "model/problem.hpp"
#include "nvfp4/float16.hpp"
#include "nvfp4/output_bits.hpp"
#include "validate/epilogue_bound.hpp"

namespace nvfp4bench::validate {

using nvfp4::round_to_bits;
using nvfp4::to_double;

inline uint32_t load_bits(const void* c, int64_t i, OutputType type) {
  return type == OutputType::f32 ? static_cast<const uint32_t*>(c)[i] : static_cast<const uint16_t*>(c)[i];
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
