// Wrong steps from sums to outputs: intermediates, alphas, silu, stores.
#include "wrong_kernels/direct.hpp"

namespace nvfp4bench::wrong_kernels {
namespace {

constexpr Expectation kAddresses{"adversarial", "addresses"};
constexpr Expectation kFar{"adversarial", "far_gates"};
constexpr Expectation kFarthest{"adversarial", "farthest_gates"};
constexpr Expectation kAlphas{"adversarial", "odd_alphas"};
constexpr Expectation kLargest{"adversarial", "largest_f16"};
constexpr Expectation kSmoke{"smoke", "ragged"};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// The value stored one place further from zero, or nearer to it.
uint32_t next_to(uint32_t bits, int places) { return bits + static_cast<uint32_t>(places); }

bool is_first(const Element& e) { return e.group == 0 && e.l == 0 && e.m == 0 && e.n == 0; }

uint32_t one_ulp_off(const Element& e, double y) {
  const uint32_t bits = nvfp4::round_to_bits(y, e.problem.output);
  return is_first(e) ? next_to(bits, 1) : bits;
}

uint32_t saturated(const Element& e, double y) {
  const uint32_t bits = nvfp4::round_to_bits(y, e.problem.output);
  return std::isinf(nvfp4::to_double(bits, e.problem.output)) ? next_to(bits, -1) : bits;
}

const DirectVariant kVariants[] = {
    // Intermediates.
    direct("wrong/bf16_intermediates", "both sums kept in bf16", kAddresses,
           {.keep = [](const Element&, Operand, double sum) { return as_bf16(sum); }}),
    direct("wrong/fp16_intermediates", "both sums kept in fp16", {"adversarial", "largest_f32"},
           {.keep = [](const Element&, Operand, double sum) { return as_f16(sum); }}),
    direct("wrong/tf32_intermediates", "both sums kept with 11 bits", {"adversarial", "largest_f32"},
           {.keep = [](const Element&, Operand, double sum) { return cut_to(11, sum); }}),
    direct("wrong/fp16_up", "the up projection kept in fp16", {"adversarial", "far_gates"},
           {.fuse = [](double, double activated, double up) { return activated * as_f16(up); }}),
    direct("wrong/fp16_silu", "silu's result kept in fp16", kAddresses,
           {.silu = [](double gate) { return as_f16(gate * sigmoid(gate)); }}),
    direct("wrong/bf16_silu", "silu's result kept in bf16", kAddresses,
           {.silu = [](double gate) { return as_bf16(gate * sigmoid(gate)); }}),
    // silu.
    direct("wrong/no_silu", "gate times up", kSmoke, {.silu = [](double gate) { return gate; }}),
    direct("wrong/no_second_product", "silu alone", kSmoke,
           {.fuse = [](double, double activated, double) { return activated; }}),
    direct("wrong/sigmoid", "sigmoid in place of silu", kSmoke, {.silu = sigmoid}),
    direct("wrong/silu_twice", "silu of both projections", kSmoke,
           {.fuse = [](double, double activated, double up) { return activated * up * sigmoid(up); }}),
    direct("wrong/silu_of_sum", "sum in place of product", kSmoke,
           {.fuse = [](double, double activated, double up) { return activated + up; }}),
    direct("wrong/relu", "relu in place of silu", kSmoke,
           {.silu = [](double gate) { return std::fmax(gate, 0.0); }}),
    direct("wrong/gelu", "gelu in place of silu", kSmoke,
           {.silu = [](double gate) { return gate * 0.5 * std::erfc(-gate * 0.70710678118654752); }}),
    direct("wrong/quick_gelu", "sigmoid of 1.702 times the gate", kSmoke,
           {.silu = [](double gate) { return gate * sigmoid(1.702 * gate); }}),
    direct("wrong/hard_silu", "straight lines in place of sigmoid", kSmoke,
           {.silu = [](double gate) { return gate * std::fmin(std::fmax(gate / 6 + 0.5, 0.0), 1.0); }}),
    direct("wrong/clamped_gate", "gates above 10 count as 10", kFar,
           {.silu = [](double gate) { return std::fmin(gate, 10.0) * sigmoid(std::fmin(gate, 10.0)); }}),
    direct("wrong/tanh_approx", "silu by tanh.approx: within 2^-11", kAddresses,
           {.silu = [](double gate) { return gate * 0.5 * (1 + cut_to(11, std::tanh(gate / 2))); }}),
    direct("wrong/fp16_sigmoid", "sigmoid in half precision", kAddresses,
           {.silu = [](double gate) { return gate * as_f16(sigmoid(gate)); }}),
    direct("wrong/exp_of_12_bits", "e^-x within 2^-12", kAddresses,
           {.silu = [](double gate) { return gate / (1 + rounded_to(12, std::exp(-gate))); }}),
    direct("wrong/exp_of_16_bits", "e^-x within 2^-16", {"adversarial", "long_sums"},
           {.silu = [](double gate) { return gate / (1 + cut_to(16, std::exp(-gate))); }}),
    direct("wrong/exp_of_22_bits", "e^-x within 2^-22",
           allowed("adversarial", "far_gates", "silu tier approx has e^-x within (8 + 2.4 |x|) 2^-24"),
           {.silu = [](double gate) { return gate / (1 + rounded_to(22, std::exp(-gate))); }}),
    direct("wrong/silu_overflows", "x e^x / (1 + e^x): NaN where e^x overflows", kFar,
           {.silu =
                [](double gate) {
                  const float e = static_cast<float>(std::exp(gate));
                  return gate * e / (1 + e);
                }}),
    direct("wrong/fp16_gate_overflows", "the gate in fp16: -inf 0 is NaN", kFarthest,
           {.silu = [](double gate) { return as_f16(gate) * sigmoid(as_f16(gate)); }}),
    direct("wrong/far_below_is_zero", "silu is 0 below -20", kFar,
           {.silu = [](double gate) { return gate < -20 ? 0 : gate * sigmoid(gate); }}),
    direct("wrong/silu_flushed", "subnormal results of silu count as 0",
           allowed("adversarial", "far_gates", "fast reciprocals and quotients flush there, as documented"),
           {.silu =
                [](double gate) {
                  const double s = gate * sigmoid(gate);
                  return std::abs(s) < 0x1p-126 ? 0 : s;
                }}),
    direct("wrong/minus_seven", "-7 for every nonzero at a large gate", kFarthest,
           {.fuse =
                [](double gate, double activated, double up) {
                  return std::abs(gate) > 1e6 && activated * up != 0 ? -7 : activated * up;
                }}),
    direct("wrong/hundred", "100 where 0 is exact, far below zero", kFarthest,
           {.fuse = [](double gate, double activated,
                       double up) { return gate < -1e4 && activated * up == 0 ? 100 : activated * up; }}),
    // Alphas.
    direct("wrong/alphas_ignored", "alphas count as 1", kAlphas,
           {.alpha = [](const Element&, Operand) { return 1.0f; }}),
    direct("wrong/bf16_alphas", "alphas rounded to bf16", kAlphas,
           {.alpha =
                [](const Element& e, Operand b) {
                  return static_cast<float>(as_bf16(b == Operand::b1 ? e.view().alpha1 : e.view().alpha2));
                }}),
    direct("wrong/swapped_alphas", "alpha1 and alpha2 swapped", kAlphas,
           {.alpha = [](const Element& e,
                        Operand b) { return b == Operand::b1 ? e.view().alpha2 : e.view().alpha1; }}),
    direct("wrong/alpha1_twice", "alpha1 for both products", kAlphas,
           {.alpha = [](const Element& e, Operand) { return e.view().alpha1; }}),
    direct(
        "wrong/positive_alphas", "alphas without their signs", kAlphas,
        {.alpha = [](const Element& e,
                     Operand b) { return std::abs(b == Operand::b1 ? e.view().alpha1 : e.view().alpha2); }}),
    direct("wrong/alpha_of_first_group", "every group has the alphas of the first", kAlphas,
           {.alpha =
                [](const Element& e, Operand b) {
                  const GroupView& first = e.problem.groups[0];
                  return b == Operand::b1 ? first.alpha1 : first.alpha2;
                }}),
    direct("wrong/alpha_by_nonempty_group", "alphas counted without empty groups", kAddresses,
           {.alpha =
                [](const Element& e, Operand b) {
                  size_t at = 0;
                  for (int64_t g = 0; g < e.group; ++g)
                    at += e.problem.groups[static_cast<size_t>(g)].m() > 0;
                  return b == Operand::b1 ? e.problem.groups[at].alpha1 : e.problem.groups[at].alpha2;
                }}),
    // Stores.
    direct("wrong/truncated_output", "the output cut off, not rounded", kAddresses,
           {.store =
                [](const Element& e, double y) {
                  const uint32_t bits = nvfp4::round_to_bits(y, e.problem.output);
                  return std::abs(nvfp4::to_double(bits, e.problem.output)) > std::abs(y) ? next_to(bits, -1)
                                                                                          : bits;
                }}),
    direct("wrong/output_through_bf16", "the output rounded to bf16 on its way", kAddresses,
           {.store = [](const Element& e,
                        double y) { return nvfp4::round_to_bits(as_bf16(y), e.problem.output); }}),
    direct("wrong/output_through_fp16", "an output of fp32 rounded to fp16 on its way",
           {"smoke", "scaled_f32"},
           {.store = [](const Element& e,
                        double y) { return nvfp4::round_to_bits(as_f16(y), e.problem.output); }}),
    direct("wrong/saturated_f16", "the largest f16 in place of infinity", kLargest, {.store = saturated}),
    direct("wrong/saturated_bf16", "the largest bf16 in place of infinity", {"adversarial", "largest_bf16"},
           {.store = saturated}),
    direct("wrong/saturated_f32", "the largest f32 in place of infinity", {"adversarial", "largest_f32"},
           {.store = saturated}),
    direct_gemm("wrong/saturated_gemm", "the largest f16 in place of infinity, single product",
                {"adversarial", "largest_gemm"}, {.store = saturated}),
    direct("wrong/early_infinity", "infinity from half the largest on", kLargest,
           {.store =
                [](const Element& e, double y) {
                  return nvfp4::round_to_bits(std::abs(y) > 32768 ? y * INFINITY : y, e.problem.output);
                }}),
    direct("wrong/f16_subnormals_flushed", "subnormal outputs count as 0", {"adversarial", "smallest_f16"},
           {.store =
                [](const Element& e, double y) {
                  return nvfp4::round_to_bits(std::abs(y) < 0x1p-14 ? 0 : y, e.problem.output);
                }}),
    direct("wrong/nan_output_as_0", "a NaN is stored as 0", {"adversarial", "nan_scales"},
           {.store = [](const Element& e,
                        double y) { return nvfp4::round_to_bits(std::isnan(y) ? 0 : y, e.problem.output); }}),
    direct("wrong/one_ulp", "one element is off by an ulp", kAddresses, {.store = one_ulp_off}),
    direct_gemm("wrong/one_ulp_of_gemm", "one element of a single product is off by an ulp of fp32",
                {"smoke", "single_gemm_f32"}, {.store = one_ulp_off}),
};

}  // namespace

std::span<const DirectVariant> wrong_epilogues() { return kVariants; }

}  // namespace nvfp4bench::wrong_kernels
