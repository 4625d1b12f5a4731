#include "validate/accumulator_bound.hpp"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "validate/hopper_bound.hpp"
#include "validate/outward.hpp"

namespace nvfp4bench::validate {
namespace {

/// A number of units of at most this magnitude is an fp32 number.
constexpr double kFp32Units = 0x1p24;

uint64_t lowest_bit(uint64_t bits) { return bits & (~bits + 1); }

bool fits_fp32(int64_t sum) {
  const auto magnitude = static_cast<uint64_t>(std::abs(sum));
  return sum == 0 || (magnitude >> std::countr_zero(magnitude)) < (uint64_t{1} << 24);
}

/// Half the spacing of fp32 numbers at `magnitude`: what one rounding to nearest can lose.
double half_ulp(double magnitude) {
  constexpr uint64_t kExponent = 0x7FF0'0000'0000'0000;
  return std::bit_cast<double>(std::bit_cast<uint64_t>(magnitude) & kExponent) * 0x1p-24;
}

int64_t block_sum(const UnpackedRow& a, const UnpackedRow& b, size_t block) {
  const int16_t* x = a.codes.data() + block * kScaleBlock;
  const int16_t* y = b.codes.data() + block * kScaleBlock;
  int sum = 0;
  for (int i = 0; i < kScaleBlock; ++i) sum += x[i] * y[i];
  return sum * (int64_t{a.scales[block]} * b.scales[block]);
}

/// Running error of fp32 additions in k order. The computed sum is a multiple of the lowest bit of all terms
/// so far: below 2^24 of those nothing is rounded, and neither is a sum known exactly that fits fp32. Any
/// other addition loses at most half a unit in the last place of the largest sum that it can have.
double running_fp32_error(const UnpackedRow& a, const UnpackedRow& b) {
  int64_t sum = 0;
  uint64_t bits = 0;
  double error = 0;
  for (size_t block = 0; block < a.scales.size(); ++block) {
    const int64_t term = block_sum(a, b, block);  // 20 bits: exact in fp32
    if (term == 0) continue;
    sum += term;
    bits |= static_cast<uint64_t>(term);
    const double largest = (std::abs(static_cast<double>(sum)) + error) * kOutward;
    if (largest <= kFp32Units * static_cast<double>(lowest_bit(bits))) continue;
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
double order_free_error(double gamma, const UnpackedRow& a, const UnpackedRow& b) {
  double abs_sum = 0;
  uint64_t bits = 0;
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
    const auto scale = static_cast<uint64_t>(int64_t{a.scales[block]} * b.scales[block]);
    abs_sum += block_abs_sum * static_cast<double>(scale);
    bits |= static_cast<uint64_t>(block_bits) * lowest_bit(scale);
  }
  abs_sum *= kOutward;
  if (abs_sum <= kFp32Units * static_cast<double>(lowest_bit(bits))) return 0;
  return with_higher_orders(gamma) * abs_sum;
}

/// Error per sum|ab| to first order, K products in all.
double gamma(Accumulator accumulator, int64_t k) {
  const auto blocks = static_cast<double>(k / kScaleBlock);
  switch (accumulator) {
    case Accumulator::exact:
      return 0x1p-24;
    case Accumulator::fp32_per_block:
      return blocks * 0x1p-24;
    case Accumulator::hopper_fp16_k16:
      // A step of 16 truncates 17 aligned terms, each by less than 2^-25 of the largest, then the sum to 24
      // bits: (17/4 + 1) 2^-23. A b that is a subnormal half counts as up to 8 times as large as it is.
      return (8 * 17.0 / 4 + 1) * blocks * 0x1p-23;
    case Accumulator::unknown_fp32:
      // The least accurate unit known, Volta's: a step of 4 truncates 5 aligned terms and the sum, each by
      // less than 2^-23 of the largest: 6/4 2^-23 a product.
      return 1.5 * static_cast<double>(k) * 0x1p-23;
  }
  return std::numeric_limits<double>::infinity();
}

}  // namespace

int64_t exact_sum(const UnpackedRow& a, const UnpackedRow& b) {
  int64_t sum = 0;
  for (size_t block = 0; block < a.scales.size(); ++block) sum += block_sum(a, b, block);
  return sum;
}

double accumulator_error(const Numerics& numerics, const UnpackedRow& a, const UnpackedRow& b) {
  switch (numerics.accumulator) {
    case Accumulator::exact: {
      const int64_t sum = exact_sum(a, b);
      return fits_fp32(sum) ? 0 : half_ulp(std::abs(static_cast<double>(sum)));
    }
    case Accumulator::fp32_per_block:
      return running_fp32_error(a, b);
    case Accumulator::hopper_fp16_k16:
      return running_hopper_error(a, b, numerics.step_order.span());
    case Accumulator::unknown_fp32:
      return order_free_error(gamma(Accumulator::unknown_fp32, std::ssize(a.codes)), a, b);
  }
  return std::numeric_limits<double>::infinity();
}

double largest_accumulator_error(Accumulator accumulator, int64_t k, double norm_product) {
  return with_higher_orders(gamma(accumulator, k)) * norm_product * kOutward;
}

}  // namespace nvfp4bench::validate
