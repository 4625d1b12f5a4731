// The numerics contract: what a variant promises about its arithmetic. The judge derives its error bound
// from this and from the data, never from what the variant happens to return.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string_view>

namespace nvfp4bench {

/// How products are summed, each output once. Every accumulator is at least fp32. Every sum may be split: see
/// SplitK.
enum class Accumulator {
  /// Every sum is exact before one rounding to fp32.
  exact,
  /// Exact sums of the 16 products of a scale block, added in k order in fp32, round to nearest.
  fp32_per_block,
  /// fp32 additions, round to nearest, in the tree that Numerics::sum_tree describes.
  fp32_tree,
  /// Ampere and Ada mma, fp16 operands: as hopper_fp16_k16, but 8 products a step, truncated below 2^(e-24).
  ampere_fp16_k8,
  /// Hopper wgmma, fp16 operands: 16 exact products and the accumulator are aligned to the largest exponent,
  /// truncated below 2^(e-25), added, truncated to 24 bits. b may be scaled by down to 2^-7.
  /// Numerics::step_order says which k a step adds.
  hopper_fp16_k16,
  /// Blackwell mma on NVFP4 operands: the exact dots of 4 scale blocks and the accumulator, aligned to the
  /// largest exponent of scales (zero blocks have one too) and accumulator, truncated below 2^(e-35), added,
  /// truncated to 24 bits. Derived: the model of MMA-Sim, not yet seen on hardware by this project.
  blackwell_nvf4_k64,
  /// Any order of fp32 operations on any hardware known today: 1.5 K 2^-23 sum|ab|.
  unknown_fp32,
};

inline constexpr std::array kAccumulators{Accumulator::exact,           Accumulator::fp32_per_block,
                                          Accumulator::fp32_tree,       Accumulator::ampere_fp16_k8,
                                          Accumulator::hopper_fp16_k16, Accumulator::blackwell_nvf4_k64,
                                          Accumulator::unknown_fp32};

constexpr std::string_view to_string(Accumulator accumulator) {
  switch (accumulator) {
    case Accumulator::exact:
      return "exact";
    case Accumulator::fp32_per_block:
      return "fp32_per_block";
    case Accumulator::fp32_tree:
      return "fp32_tree";
    case Accumulator::ampere_fp16_k8:
      return "ampere_fp16_k8";
    case Accumulator::hopper_fp16_k16:
      return "hopper_fp16_k16";
    case Accumulator::blackwell_nvf4_k64:
      return "blackwell_nvf4_k64";
    case Accumulator::unknown_fp32:
      return "unknown_fp32";
  }
  return "?";
}

/// What a sum adds: products (exact in fp32, so a chain of FMAs rounds as one of additions does), or exact
/// dots of scale blocks.
enum class SumTerm { product, block };
inline constexpr std::array kSumTerms{SumTerm::product, SumTerm::block};

constexpr std::string_view to_string(SumTerm term) { return term == SumTerm::product ? "product" : "block"; }

/// A tree of additions, by how its terms t = 0, 1, ... in k order come together.
struct SumTree {
  SumTerm term = SumTerm::product;
  /// Term t goes to lane t % lanes: 1 for scalar code, 8 or 16 for a vector of floats, more if it is unrolled.
  /// The sums of the lanes are added in any order.
  int lanes = 1;
  /// A lane adds neighbours only, in either direction: chains of at most so many terms, then their sums
  /// pairwise. 0: one chain; 1: pairwise from the start.
  int chain = 0;

  bool operator==(const SumTree&) const = default;

  constexpr int64_t terms(int64_t k) const { return term == SumTerm::block ? k / 16 : k; }

  /// The longest way of a term to the sum of its lane, in additions.
  constexpr int64_t lane_depth(int64_t k) const {
    const int64_t lane = (terms(k) + lanes - 1) / lanes;
    const int64_t leaf = chain == 0 ? lane : std::min<int64_t>(chain, lane);
    const int64_t leaves = (lane + leaf - 1) / leaf;
    return leaf - 1 + std::bit_width(static_cast<uint64_t>(leaves - 1));
  }
  /// The longest way of a term to the whole sum.
  constexpr int64_t depth(int64_t k) const { return lane_depth(k) + std::min<int64_t>(lanes, terms(k)) - 1; }
};

/// Split-K: every part sums a range of k of its own, as the accumulator says; the fp32 sums of the parts are
/// added in any order, round to nearest.
struct SplitK {
  int parts = 1;
  /// The length of a part is K / parts, rounded up to a multiple of this, itself one of 16. What is left is
  /// the last part's; there may be fewer parts than that.
  int step = 16;

  bool operator==(const SplitK&) const = default;

  constexpr int64_t part_k(int64_t k) const {
    const int64_t even = (k + parts - 1) / parts;
    return (even + step - 1) / step * step;
  }
};

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
  /// ampere_fp16_k8, hopper_fp16_k16: the order in which the k of a chunk are added; a step adds neighbours of
  /// this order.
  StepOrder step_order = {};
  /// fp32_tree.
  SumTree sum_tree = {};
  SplitK split_k = {};
};

}  // namespace nvfp4bench
