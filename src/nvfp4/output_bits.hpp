// Output elements as bits of their type, and as the values that these stand for.
#pragma once

#include <bit>
#include <cstdint>

#include "model/problem.hpp"
#include "nvfp4/float16.hpp"

namespace nvfp4bench::nvfp4 {

/// Rounds once, to nearest even, overflowing to infinity as IEEE 754 does.
inline uint32_t round_to_bits(double x, OutputType type) {
  switch (type) {
    case OutputType::f16:
      return f16_from(x);
    case OutputType::bf16:
      return bf16_from(x);
    case OutputType::f32:
      return std::bit_cast<uint32_t>(static_cast<float>(x));
  }
  return 0;
}

inline double to_double(uint32_t bits, OutputType type) {
  switch (type) {
    case OutputType::f16:
      return f16_to_float(static_cast<uint16_t>(bits));
    case OutputType::bf16:
      return bf16_to_float(static_cast<uint16_t>(bits));
    case OutputType::f32:
      return std::bit_cast<float>(bits);
  }
  return 0;
}

}  // namespace nvfp4bench::nvfp4
