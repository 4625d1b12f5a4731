#include "validate/accumulator_bound.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>

#include "validate/blackwell_bound.hpp"
#include "validate/fp32_bits.hpp"
#include "validate/mma_bound.hpp"
#include "validate/outward.hpp"
#include "validate/split_bound.hpp"
#include "validate/tree_bound.hpp"

namespace nvfp4bench::validate {
namespace {

/// Running error of fp32 additions in k order. The computed sum is a multiple of the lowest bit of all terms
/// so far: below 2^24 of those nothing is rounded, and neither is a sum known exactly that fits fp32. Any
/// other addition loses at most half a unit in the last place of the largest sum that it can have.
double running_fp32_error(const RowView& a, const RowView& b) {
  int64_t sum = 0;
  int64_t bits = 0;
  double error = 0;
  for (size_t block = 0; block < a.scales.size(); ++block) {
    const int64_t term = block_sum(a, b, block);  // 20 bits: exact in fp32
    if (term == 0) continue;
    sum += term;
    bits |= term;
    const double largest = (std::abs(static_cast<double>(sum)) + error) * kOutward;
    if (largest <= kFp32Units * lowest_bit(bits)) continue;
    if (error == 0 && fits_fp32(sum)) continue;
    error += half_ulp(largest);
  }
  return error * kOutward;
}

/// First-order errors of gamma sum|ab| also act on the error so far: a geometric series.
double with_higher_orders(double gamma) {
  return gamma < 1 ? gamma / (1 - gamma) : std::numeric_limits<double>::infinity();
}

/// For any order of summation. Zero where sum|ab| is at most 2^24 times the largest power of two that divides
/// all products: then every partial sum, in any order, is an fp32 number.
double order_free_error(double gamma, const RowView& a, const RowView& b) {
  double abs_sum = 0;
  int64_t bits = 0;
  for (size_t block = 0; block < a.scales.size(); ++block) {
    const int16_t* x = a.codes.data() + block * kScaleBlock;
    const int16_t* y = b.codes.data() + block * kScaleBlock;
    int block_abs_sum = 0;
    int block_bits = 0;
    for (int i = 0; i < kScaleBlock; ++i) {
      const int product = std::abs(x[i] * y[i]);
      block_abs_sum += product;
      block_bits |= product;
    }
    const int64_t scale = int64_t{a.scales[block]} * b.scales[block];
    abs_sum += block_abs_sum * static_cast<double>(scale);
    bits |= block_bits * (scale & -scale);
  }
  abs_sum *= kOutward;
  if (abs_sum <= kFp32Units * lowest_bit(bits)) return 0;
  return with_higher_orders(gamma) * abs_sum;
}

/// A step of a tensor core truncates its terms and the accumulator, each by less than 2^-F of the largest, then
/// the sum to 24 bits. A b that is a subnormal half counts as up to 8 times as large as it is.
double gamma(const MmaUnit& unit, double k) {
  const auto products = static_cast<double>(unit.products);
  return (8 * (products + 1) * std::ldexp(1.0, -unit.fraction_bits) + 0x1p-23) * std::ceil(k / products);
}

/// Error per sum|ab| to first order, without the split.
double gamma(const Numerics& numerics, int64_t k) {
  const auto blocks = static_cast<double>(k / kScaleBlock);
  switch (numerics.accumulator) {
    case Accumulator::exact:
      return 0x1p-24;
    case Accumulator::fp32_per_block:
      return blocks * 0x1p-24;
    case Accumulator::fp32_tree:
      return static_cast<double>(numerics.sum_tree.depth(k)) * 0x1p-24;
    case Accumulator::ampere_fp16_k8:
      return gamma(kAmpere, static_cast<double>(k));
    case Accumulator::hopper_fp16_k16:
      return gamma(kHopper, static_cast<double>(k));
    case Accumulator::blackwell_nvf4_k64:
      return (5 * 0x1p-35 + 0x1p-23) * std::ceil(blocks / 4);
    case Accumulator::unknown_fp32:
      // The least accurate unit known, Volta's: a step of 4 truncates 5 aligned terms and the sum, each by
      // less than 2^-23 of the largest: 6/4 2^-23 a product.
      return 1.5 * static_cast<double>(k) * 0x1p-23;
  }
  return std::numeric_limits<double>::infinity();
}

/// What no sum|ab| bounds, to first order: Blackwell aligns by scales, those of zeros too. A step truncates 5
/// terms below 2^-35 of two scales, each at most 2^9: two units of 2^-20.
double absolute_error(const Numerics& numerics, int64_t k) {
  if (numerics.accumulator != Accumulator::blackwell_nvf4_k64) return 0;
  // Every part may end with a step that is not full.
  return 5 * 2 * (static_cast<double>(k) / 64 + numerics.split_k.parts);
}

}  // namespace

int64_t exact_sum(const RowView& a, const RowView& b) {
  int64_t sum = 0;
  for (size_t block = 0; block < a.scales.size(); ++block) sum += block_sum(a, b, block);
  return sum;
}

double accumulator_error(const Numerics& numerics, const RowView& a, const RowView& b) {
  if (numerics.split_k.parts > 1) return split_error(numerics, a, b);
  switch (numerics.accumulator) {
    case Accumulator::exact: {
      const int64_t sum = exact_sum(a, b);
      return fits_fp32(sum) ? 0 : half_ulp(std::abs(static_cast<double>(sum)));
    }
    case Accumulator::fp32_per_block:
      return running_fp32_error(a, b);
    case Accumulator::fp32_tree:
      return tree_error(numerics.sum_tree, a, b);
    case Accumulator::ampere_fp16_k8:
      return running_mma_error(kAmpere, a, b, numerics.step_order.span());
    case Accumulator::hopper_fp16_k16:
      return running_mma_error(kHopper, a, b, numerics.step_order.span());
    case Accumulator::blackwell_nvf4_k64:
      return running_blackwell_error(a, b);
    case Accumulator::unknown_fp32:
      return order_free_error(gamma(numerics, static_cast<int64_t>(a.k())), a, b);
  }
  return std::numeric_limits<double>::infinity();
}

double largest_accumulator_error(const Numerics& numerics, int64_t k, double norm_product) {
  const SplitK& split = numerics.split_k;
  const int64_t part_k = split.parts > 1 ? split.part_k(k) : k;
  const double relative = with_higher_orders(gamma(numerics, part_k) + (split.parts - 1) * 0x1p-24);
  return (relative * norm_product + (1 + relative) * absolute_error(numerics, k)) * kOutward;
}

}  // namespace nvfp4bench::validate
