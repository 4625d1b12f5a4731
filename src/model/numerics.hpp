// The numerics contract: what a variant promises about its arithmetic. The judge derives its error bound
// from this and from the data, never from what the variant happens to return.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>

namespace nvfp4bench {

/// How products are summed. Every accumulator is at least fp32 and sums each output once, without split-K.
enum class Accumulator {
  /// Every sum is exact before one rounding to fp32.
  exact,
  /// Exact sums of the 16 products of a scale block, added in k order in fp32, round to nearest.
  fp32_per_block,
  /// Hopper wgmma, fp16 operands: 16 exact products and the accumulator are aligned to the largest exponent,
  /// truncated below 2^(e-25), added, truncated to 24 bits. b may be scaled by down to 2^-7.
  /// Numerics::step_order says which k a step adds.
  hopper_fp16_k16,
  /// Any order of fp32 operations on any hardware known today: 1.5 K 2^-23 sum|ab|.
  unknown_fp32,
};

inline constexpr std::array kAccumulators{Accumulator::exact, Accumulator::fp32_per_block,
                                          Accumulator::hopper_fp16_k16, Accumulator::unknown_fp32};

constexpr std::string_view to_string(Accumulator accumulator) {
  switch (accumulator) {
    case Accumulator::exact:
      return "exact";
    case Accumulator::fp32_per_block:
      return "fp32_per_block";
    case Accumulator::hopper_fp16_k16:
      return "hopper_fp16_k16";
    case Accumulator::unknown_fp32:
      return "unknown_fp32";
  }
  return "?";
}

/// How silu is computed. A closed list: a kernel declares one of these, never an error of its own choosing.
enum class SiluTier { accurate, approx };

inline constexpr std::array kSiluTiers{SiluTier::accurate, SiluTier::approx};

constexpr std::string_view to_string(SiluTier tier) {
  return tier == SiluTier::accurate ? "accurate" : "approx";
}

/// Relative error of the computed silu(g), in units of 2^-24:
///   (1 - sigma(g)) (exp_per_g |g| + exp_base) + division
/// The first term is the error of e^-g as it reaches the quotient, the second that of 1 + e^-g and the
/// division.
struct SiluError {
  double exp_per_g = 0;
  double exp_base = 0;
  double division = 0;
};

/// Of each tier. Sources: CUDA C++ Programming Guide, mathematical functions; PTX ISA, ex2.approx, rcp.approx
/// and div.approx.
inline constexpr std::array<SiluError, kSiluTiers.size()> kSiluErrors{{
    // accurate: expf within 2 ulp (4 units), then 1 + e^-g and a division, or a reciprocal and a product: at
    // most three correctly rounded operations (1 unit each).
    {.exp_per_g = 0, .exp_base = 4, .division = 3},
    // approx: __expf within 2 + floor(|1.173 g|) ulp (2.346 |g| + 4 units), or ex2.approx, 2 ulp, of a rounded
    // product; then 1 + e^-g, and rcp.approx, 1 ulp, or div.approx, 2 ulp.
    {.exp_per_g = 2.4, .exp_base = 8, .division = 6},
}};

constexpr const SiluError& silu_error(SiluTier tier) { return kSiluErrors[static_cast<std::size_t>(tier)]; }

/// An order of k within chunks: which k of a chunk comes at each place. Empty: ascending. Plain data of its own,
/// at most 256 long.
class StepOrder {
 public:
  static constexpr std::size_t kLongest = 256;

  constexpr StepOrder() = default;
  /// Throws std::invalid_argument unless `order` holds each of 0 to size - 1 once, size a multiple of 16.
  constexpr explicit StepOrder(std::span<const uint8_t> order) : size_(order.size()) {
    if (order.size() % 16 != 0) throw std::invalid_argument("a step order of no whole number of steps");
    std::array<bool, kLongest> seen{};
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (order[i] >= order.size() || seen[order[i]])
        throw std::invalid_argument("a step order that is no permutation");
      seen[order[i]] = true;
      k_[i] = order[i];
    }
  }
  template <std::size_t kSize>
  constexpr StepOrder(const std::array<uint8_t, kSize>& order) : StepOrder(std::span(order)) {}

  constexpr std::span<const uint8_t> span() const { return std::span(k_).first(size_); }

  bool operator==(const StepOrder&) const = default;

 private:
  std::array<uint8_t, kLongest> k_{};
  std::size_t size_ = 0;
};

struct Numerics {
  Accumulator accumulator = Accumulator::unknown_fp32;
  SiluTier silu = SiluTier::approx;
  /// The same bits on every run. The runner then holds every timed output against the validated one.
  bool deterministic = true;
  /// hopper_fp16_k16: the order in which the k of a chunk are added; a step adds 16 in a row.
  StepOrder step_order = {};
};

}  // namespace nvfp4bench
