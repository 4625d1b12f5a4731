// silu on vectors of fp32, for host compilers: GCC's vector types, which GCC and Clang share.
//
// `Floats` is a vector of float and `Ints` one of as many int32. No fused multiply-add is used, so every
// instruction set gives the same bits.
#pragma once

#include <cstdint>

namespace nvfp4bench::kernels::cpu {

/// x y is a result; x is a normal number and y a power of two, while x y may be too small for either.
template <class Floats>
struct Factors {
  Floats x;
  Floats y;
};

/// From here on down, both e^x and x e^x round to 0.
inline constexpr float kExpUnderflow = -110;

/// e^x for x <= 0, within 2 units of 2^-24; not below e^kExpUnderflow.
template <class Floats, class Ints>
inline Factors<Floats> exp_of_negative(Floats x) {
  constexpr float kLog2E = 0x1.715476p0f;
  // ln 2 in two parts; the first has 15 bits, so that n * kLn2High is exact.
  constexpr float kLn2High = 0x1.62e4p-1f;
  constexpr float kLn2Low = 0x1.7f7d1cp-20f;
  // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits.
  constexpr float kRound = 0x1.8p23f;
  constexpr int32_t kRoundBits = 0x4B400000;

  x = x < kExpUnderflow ? Floats{} + kExpUnderflow : x;
  const Floats shifted = x * kLog2E + kRound;
  const Floats n = shifted - kRound;
  const Floats r = x - n * kLn2High - n * kLn2Low;
  // Cephes expf: e^r on |r| <= ln(2)/2.
  Floats p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const Ints exponent = reinterpret_cast<Ints>(shifted) - kRoundBits;
  const Ints half = exponent >> 1;
  const auto power_of_two = [](Ints e) { return reinterpret_cast<Floats>((e + 127) << 23); };
  return {p * power_of_two(half), power_of_two(exponent - half)};
}

/// x / (1 + e^-x), as x e^x / (1 + e^x) for x < 0: nothing overflows, and silu(-infinity) is -0. Only results
/// that are themselves below 2^-126 lose accuracy.
template <class Floats, class Ints>
inline Floats silu(Floats x) {
  const Floats magnitude = reinterpret_cast<Floats>(reinterpret_cast<Ints>(x) & 0x7FFF'FFFF);
  const Factors<Floats> e = exp_of_negative<Floats, Ints>(-magnitude);
  const Floats bounded = x < kExpUnderflow ? Floats{} + kExpUnderflow : x;
  return (x < 0.0f ? bounded * e.x * e.y : x) / (1.0f + e.x * e.y);
}

}  // namespace nvfp4bench::kernels::cpu
