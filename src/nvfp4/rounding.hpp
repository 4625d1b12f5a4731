// Round to nearest even from fp32 or fp64 straight to a narrower binary format: one rounding, never two.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace nvfp4bench::nvfp4 {

template <std::floating_point Source>
using BitsOf = std::conditional_t<sizeof(Source) == 4, uint32_t, uint64_t>;

/// A binary floating-point format with an implicit leading one, gradual underflow and the IEEE bias.
template <int kExponentBits, int kMantissaBits>
struct NarrowFormat {
  static constexpr int kMantissa = kMantissaBits;
  static constexpr int kBias = (1 << (kExponentBits - 1)) - 1;

  /// Bits, in the encoding of Source, of 2^exponent.
  template <std::floating_point Source>
  static constexpr BitsOf<Source> power_of_two_bits(int exponent) {
    constexpr int kSourceMantissa = std::numeric_limits<Source>::digits - 1;
    constexpr int kSourceBias = std::numeric_limits<Source>::max_exponent - 1;
    return static_cast<BitsOf<Source>>(kSourceBias + exponent) << kSourceMantissa;
  }

  /// Code (without sign) nearest to `magnitude`, ties to even. Needs 0 <= magnitude < 2^(kBias + 2), the
  /// first power of two beyond the largest exponent field; the code may carry out of the largest finite
  /// value.
  template <std::floating_point Source>
  static constexpr uint32_t round(Source magnitude) {
    using Bits = BitsOf<Source>;
    constexpr int kSourceMantissa = std::numeric_limits<Source>::digits - 1;
    constexpr int kShift = kSourceMantissa - kMantissa;
    constexpr Bits kSmallestNormal = power_of_two_bits<Source>(1 - kBias);
    // Its last bit weighs as much as the narrow format's smallest subnormal, so adding it rounds there.
    constexpr Bits kSubnormalRounder = power_of_two_bits<Source>(1 - kBias + kShift);

    const Bits bits = std::bit_cast<Bits>(magnitude);
    if (bits < kSmallestNormal) {
      const Source rounded = magnitude + std::bit_cast<Source>(kSubnormalRounder);
      return static_cast<uint32_t>(std::bit_cast<Bits>(rounded) - kSubnormalRounder);
    }
    constexpr Bits kHalfLess = (Bits{1} << (kShift - 1)) - 1;
    constexpr Bits kRebias = kSmallestNormal - (Bits{1} << kSourceMantissa);
    const Bits odd = (bits >> kShift) & 1;
    return static_cast<uint32_t>((bits - kRebias + kHalfLess + odd) >> kShift);
  }
};

}  // namespace nvfp4bench::nvfp4
