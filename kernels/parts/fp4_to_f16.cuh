// NVFP4 to fp16 in registers, exactly: 8 codes in one word become 4 pairs of halves, times their scale.
//
// E2M1 has its exponent and mantissa (eem) in three neighbouring bits, so a byte s000eem0 is the high byte of
// the half v 2^-14: two masks and a shift make four of them at once. One multiplication by scale 2^7 then
// gives v scale 2^-7. Every such product has at most 6 significant bits and lies between 2^-17 and 21, so it
// is exact (a subnormal half at worst).
#pragma once

#include <cstdint>

#include "kernels/parts/shift_multipliers.hpp"
#include "kernels/ptx/arithmetic.cuh"

namespace nvfp4bench::kernels::parts {

/// What a product of a code and its scale has been multiplied with: 2^kExponent.
inline constexpr int kFp4ToF16Exponent = -7;

/// 2^7 in both halves of a pair.
inline constexpr uint32_t kTwoTo7 = 0x58005800;

/// UE4M3 scales 0, 1 (2, 3) of a word, times 2^7; 0x7F becomes NaN, and so does its product with any code.
NVFP4BENCH_DEVICE uint32_t low_scales(uint32_t word) {
  return ptx::multiply_f16x2(ptx::f16x2_from_low_e4m3x2(word), kTwoTo7);
}
NVFP4BENCH_DEVICE uint32_t high_scales(uint32_t word) {
  return ptx::multiply_f16x2(ptx::f16x2_from_high_e4m3x2(word), kTwoTo7);
}

/// The codes in the low (high) nibbles of a word, 0, 2, 4, 6 (1, 3, 5, 7), as bytes s000eem0.
NVFP4BENCH_DEVICE uint32_t low_nibble_bytes(uint32_t word, ShiftMultipliers shift) {
  const uint32_t magnitudes = ptx::multiply_low(word, shift.by_2) & 0x0E0E0E0Eu;
  return ptx::and_or(ptx::multiply_low(word, shift.by_16), 0x80808080u, magnitudes);
}
NVFP4BENCH_DEVICE uint32_t high_nibble_bytes(uint32_t word) {
  return ptx::and_or(word, 0x80808080u, word >> 3 & 0x0E0E0E0Eu);
}

/// Selectors of permute_bytes(bytes, 0, ...): bytes 0 and 2, or 1 and 3, as the high bytes of a pair.
inline constexpr uint32_t kEvenBytesUp = 0x2404;
inline constexpr uint32_t kOddBytesUp = 0x3414;

/// Two pairs: the values of four such bytes, of bytes 0 and 2 and of bytes 1 and 3.
struct Pairs {
  uint32_t even;
  uint32_t odd;
};
NVFP4BENCH_DEVICE Pairs scale_bytes(uint32_t bytes, uint32_t scale_twice) {
  return {ptx::multiply_f16x2(ptx::permute_bytes(bytes, 0, kEvenBytesUp), scale_twice),
          ptx::multiply_f16x2(bytes & 0xFF00FF00u, scale_twice)};
}

/// The codes in the low (high) nibbles of a word: (0, 4) and (2, 6), or (1, 5) and (3, 7).
NVFP4BENCH_DEVICE Pairs low_nibbles(uint32_t word, uint32_t scale_twice, ShiftMultipliers shift) {
  return scale_bytes(low_nibble_bytes(word, shift), scale_twice);
}
NVFP4BENCH_DEVICE Pairs high_nibbles(uint32_t word, uint32_t scale_twice) {
  return scale_bytes(high_nibble_bytes(word), scale_twice);
}

}  // namespace nvfp4bench::kernels::parts
