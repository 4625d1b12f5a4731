// Wrong sums: accumulators and products of too few bits.
#include "wrong_kernels/direct.hpp"

namespace nvfp4bench::wrong_kernels {
namespace {

constexpr Expectation kLong{"adversarial", "long_sums"};
constexpr Expectation kScales{"adversarial", "extreme_scales"};

const DirectVariant kVariants[] = {
    direct("wrong/fp16_sums", "sums products in fp16", {"adversarial", "addresses"},
           {.add =
                [](double sum, const Block& x) {
                  for (size_t i = 0; i < kScaleBlock; ++i) sum = as_f16(sum + x.product(i));
                  return sum;
                }}),
    direct("wrong/fp16_sums_of_blocks", "sums blocks in fp16", kLong,
           {.add = [](double sum, const Block& x) { return as_f16(sum + x.dot() * x.scale); }}),
    direct("wrong/bf16_sums", "sums products in bf16", {"adversarial", "addresses"},
           {.add =
                [](double sum, const Block& x) {
                  for (size_t i = 0; i < kScaleBlock; ++i) sum = as_bf16(sum + x.product(i));
                  return sum;
                }}),
    direct("wrong/bf16_sums_of_blocks", "sums blocks in bf16", {"adversarial", "addresses"},
           {.add = [](double sum, const Block& x) { return as_bf16(sum + x.dot() * x.scale); }}),
    direct("wrong/tf32_sums", "sums blocks with 11 bits", kLong,
           {.add = [](double sum, const Block& x) { return rounded_to(11, sum + x.dot() * x.scale); }}),
    direct("wrong/sums_of_14_bits", "sums blocks with 14 bits, truncated: Hopper's FP8 accumulator", kLong,
           {.add = [](double sum, const Block& x) { return cut_to(14, sum + x.dot() * x.scale); }}),
    direct_gemm("wrong/sums_of_20_bits", "sums blocks with 20 bits, truncated",
                {"adversarial", "full_range_gemm"},
                {.add = [](double sum, const Block& x) { return cut_to(20, sum + x.dot() * x.scale); }}),
    direct("wrong/saturating_fp16_sums", "sums that stop at the largest fp16", kScales,
           {.add =
                [](double sum, const Block& x) {
                  return std::fmin(std::fmax(sum + x.dot() * x.scale, -65504.0), 65504.0);
                }}),
    direct(
        "wrong/sums_of_32_bits", "sums in int32, in units of 2^-18, wrap", kLong,
        {.add = [](double sum, const Block& x) { return std::remainder(sum + x.dot() * x.scale, 0x1p14); }}),
    direct("wrong/fp16_products", "products in fp16: exact, but for those beyond 65504", kScales,
           {.add =
                [](double sum, const Block& x) {
                  for (size_t i = 0; i < kScaleBlock; ++i) sum += as_f16(x.product(i));
                  return sum;
                }}),
    direct("wrong/bf16_products", "products in bf16", {"smoke", "scaled_f32"},
           {.add =
                [](double sum, const Block& x) {
                  for (size_t i = 0; i < kScaleBlock; ++i) sum += as_bf16(x.product(i));
                  return sum;
                }}),
    direct("wrong/fp16_scale_products", "the product of two scales in fp16", kScales,
           {.add = [](double sum, const Block& x) { return sum + x.dot() * as_f16(x.scale); }}),
    direct("wrong/fp8_scale_products", "the product of two scales in E4M3",
           {"adversarial", "extreme_scales_bf16"},
           {.add = [](double sum, const Block& x) { return sum + x.dot() * rounded_to(4, x.scale); }}),
    direct("wrong/drops_nan_over_zeros", "skips blocks of zeros, whatever their scale",
           {"adversarial", "nan_scales"},
           {.add =
                [](double sum, const Block& x) {
                  for (size_t i = 0; i < kScaleBlock; ++i) {
                    if (x.a[i] != 0) return sum + x.dot() * x.scale;
                  }
                  return sum;
                }}),
    direct("wrong/drops_nan", "leaves out blocks whose scale is NaN", {"adversarial", "nan_scales"},
           {.add = [](double sum,
                      const Block& x) { return std::isnan(x.scale) ? sum : sum + x.dot() * x.scale; }}),
    direct("wrong/loses_small_blocks", "skips blocks that add less than 2^-6 of the sum", kLong,
           {.add =
                [](double sum, const Block& x) {
                  const double block = x.dot() * x.scale;
                  return std::abs(block) < std::abs(sum) / 64 ? sum : sum + block;
                }}),
};

}  // namespace

std::span<const DirectVariant> wrong_sums() { return kVariants; }

}  // namespace nvfp4bench::wrong_kernels
