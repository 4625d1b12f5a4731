// Poison: what outputs hold before a run, so that an element that was never written is seen.
//
// Two patterns, because one can hide: a NaN looks right where NaN is the exact result, the largest finite
// number where a saturating store was meant to be infinity.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "model/problem.hpp"

namespace nvfp4bench::data {

/// All bits set: a NaN in every output type. Low 16 bits for 2-byte outputs.
constexpr uint32_t nan_poison(OutputType) { return 0xFFFFFFFF; }

/// The largest finite number of the output type.
constexpr uint32_t finite_poison(OutputType type) {
  switch (type) {
    case OutputType::f16:
      return 0x7BFF;
    case OutputType::bf16:
      return 0x7F7F;
    case OutputType::f32:
      return 0x7F7FFFFF;
  }
  return 0;
}

/// Fills `count` elements at `c`. 2-byte outputs take the low 16 bits of the pattern.
inline void fill_poison(void* c, int64_t count, OutputType type, uint32_t pattern) {
  if (type == OutputType::f32) {
    std::fill_n(static_cast<uint32_t*>(c), count, pattern);
  } else {
    std::fill_n(static_cast<uint16_t*>(c), count, static_cast<uint16_t>(pattern));
  }
}

/// Whether element i at `c` still holds the pattern, if there is one.
inline bool holds_poison(const void* c, int64_t i, OutputType type, std::optional<uint32_t> pattern) {
  if (!pattern) return false;
  if (type == OutputType::f32) return static_cast<const uint32_t*>(c)[i] == *pattern;
  return static_cast<const uint16_t*>(c)[i] == static_cast<uint16_t>(*pattern);
}

}  // namespace nvfp4bench::data
