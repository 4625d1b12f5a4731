// Wrong values and scales.
#include "wrong_kernels/direct.hpp"

namespace nvfp4bench::wrong_kernels {
namespace {

constexpr Expectation kAddresses{"adversarial", "addresses"};
constexpr Expectation kScales{"adversarial", "extreme_scales"};
constexpr Expectation kNan{"adversarial", "nan_scales"};

double right_value(unsigned code) { return nvfp4::e2m1_to_float(code); }
double right_scale(uint8_t code) { return nvfp4::ue4m3_to_float(code); }

const DirectVariant kVariants[] = {
    direct(
        "wrong/six_as_five", "reads 6 as 5", {"correctness", "group_test_8"},
        {.value =
             [](unsigned code) { return (code & 7) == 7 ? right_value(code) * 5 / 6 : right_value(code); }}),
    direct(
        "wrong/four_as_three", "reads 4 as 3", {"correctness", "many_groups"},
        {.value =
             [](unsigned code) { return (code & 7) == 6 ? right_value(code) * 3 / 4 : right_value(code); }}),
    direct("wrong/half_flushed", "reads 1/2, which is subnormal, as 0", {"smoke", "ragged"},
           {.value = [](unsigned code) { return (code & 7) == 1 ? 0 : right_value(code); }}),
    direct("wrong/half_as_three_quarters", "reads 1/2 as if it were normal", {"smoke", "ragged"},
           {.value =
                [](unsigned code) { return (code & 7) == 1 ? right_value(code) * 1.5 : right_value(code); }}),
    direct("wrong/sign_ignored", "values without their signs", {"smoke", "ragged"},
           {.value = [](unsigned code) { return std::abs(right_value(code)); }}),
    direct("wrong/twos_complement", "codes as integers of four bits", {"smoke", "ragged"},
           {.value = [](unsigned code) { return code < 8 ? code : code - 16.0; }}),
    direct("wrong/minus_zero", "reads -0 as -1/2", {"adversarial", "zero_rows"},
           {.value = [](unsigned code) { return code == 8 ? -0.5 : right_value(code); }}),
    direct("wrong/swapped_nibbles_of_b", "even k of b1 and b2 in the high nibble", kAddresses,
           {.code =
                [](const uint8_t* row, int64_t k, Operand operand) {
                  return row[k / 2] >> ((k + (operand != Operand::a)) % 2 * 4) & 0xFu;
                }}),
    direct("wrong/swapped_bytes", "bytes of each pair of a swapped", kAddresses,
           {.code =
                [](const uint8_t* row, int64_t k, Operand operand) {
                  return row[operand == Operand::a ? k / 2 ^ 1 : k / 2] >> (k % 2 * 4) & 0xFu;
                }}),
    direct("wrong/scale_mantissa_cut", "scales with two bits of mantissa", kScales,
           {.scale = [](uint8_t code, Operand) { return right_scale(static_cast<uint8_t>(code & ~1)); }}),
    direct("wrong/power_of_two_scales", "scales rounded to powers of two: E8M0", kScales,
           {.scale =
                [](uint8_t code, Operand) {
                  return code == 0 || code == nvfp4::kUe4m3Nan
                             ? right_scale(code)
                             : std::exp2(std::round(std::log2(right_scale(code))));
                }}),
    direct("wrong/subnormal_scales_flushed", "scales below 2^-6 count as 0", kScales,
           {.scale = [](uint8_t code, Operand) { return code < 8 ? 0 : right_scale(code); }}),
    direct(
        "wrong/subnormal_scales_normal", "scales below 2^-6 read as if they were normal", kScales,
        {.scale = [](uint8_t code, Operand) { return code < 8 ? (8 + code) * 0x1p-10 : right_scale(code); }}),
    direct(
        "wrong/largest_scale_is_nan", "reads 448 as NaN, as if 0x78 began infinities and NaNs", kScales,
        {.scale = [](uint8_t code,
                     Operand) { return right_scale(code == nvfp4::kUe4m3Max ? nvfp4::kUe4m3Nan : code); }}),
    direct("wrong/scales_saturate_at_240", "scales as of E4M3 without its last binade", kScales,
           {.scale = [](uint8_t code, Operand) { return std::fmin(right_scale(code), 240.0); }}),
    direct(
        "wrong/nan_scale_as_480", "reads 0x7F as 480", kNan,
        {.scale = [](uint8_t code, Operand) { return code == nvfp4::kUe4m3Nan ? 480 : right_scale(code); }}),
    direct(
        "wrong/nan_scale_as_448", "reads 0x7F as 448", kNan,
        {.scale = [](uint8_t code, Operand) { return code == nvfp4::kUe4m3Nan ? 448 : right_scale(code); }}),
    direct("wrong/nan_scale_as_0", "reads 0x7F as 0", kNan,
           {.scale = [](uint8_t code, Operand) { return code == nvfp4::kUe4m3Nan ? 0 : right_scale(code); }}),
    direct("wrong/zero_scale_as_subnormal", "reads a scale of 0 as 2^-10", {"adversarial", "zero_rows"},
           {.scale = [](uint8_t code, Operand) { return code == 0 ? 0x1p-10 : right_scale(code); }}),
    direct("wrong/scale_bias_of_b2", "scales of b2 with an exponent off by one", {"smoke", "ragged"},
           {.scale = [](uint8_t code,
                        Operand operand) { return right_scale(code) * (operand == Operand::b2 ? 2 : 1); }}),
    direct("wrong/scales_of_b_ignored", "scales of b1 and b2 count as 1", {"smoke", "ragged"},
           {.scale = [](uint8_t code,
                        Operand operand) { return operand == Operand::a ? right_scale(code) : 1; }}),
};

}  // namespace

std::span<const DirectVariant> wrong_decoding() { return kVariants; }

}  // namespace nvfp4bench::wrong_kernels
