// The numerics contract hopper_fp16_k16 against the hardware: every bit of tens of thousands of accumulators.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>

#include "catch.hpp"
#include "gpu.hpp"
#include "kernels/ptx/wgmma_chain.hpp"
#include "nvfp4/e2m1.hpp"
#include "nvfp4/float16.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::test {
namespace {

using Random = std::mt19937_64;

/// An fp16 number as the unit sees it: value = significand 2^(exponent - 10), subnormals with the exponent of
/// 2^-14.
struct Half {
  int significand = 0;
  int exponent = 0;

  explicit Half(uint16_t bits) {
    const int field = bits >> 10 & 0x1F;
    significand = (bits & 0x3FF) | (field != 0 ? 0x400 : 0);
    exponent = (field != 0 ? field : 1) - 15;
    if (bits >> 15) significand = -significand;
  }
};

/// One step: the 16 exact products and the accumulator are aligned to the largest exponent (of a product: the
/// sum of its operands', not normalised), truncated toward zero below 2^(e - alignment_bits), added,
/// truncated to 24 bits.
float step_model(const uint16_t* a, const uint16_t* b, float c, int alignment_bits) {
  int largest = INT32_MIN;
  for (int k = 0; k < kChainK; ++k) {
    const Half x(a[k]);
    const Half y(b[k]);
    if (x.significand != 0 && y.significand != 0) largest = std::max(largest, x.exponent + y.exponent);
  }
  if (c != 0) largest = std::max(largest, std::max(std::ilogb(c), -126));
  if (largest == INT32_MIN) return 0;

  const int unit = largest - alignment_bits;
  double sum = std::trunc(std::ldexp(double{c}, -unit));
  for (int k = 0; k < kChainK; ++k) {
    const Half x(a[k]);
    const Half y(b[k]);
    sum += std::trunc(std::ldexp(x.significand * y.significand, x.exponent + y.exponent - 20 - unit));
  }
  if (sum == 0) return 0;
  const int last_place = std::max(std::ilogb(sum) - 23, -149 - unit);
  return static_cast<float>(std::ldexp(std::trunc(std::ldexp(sum, -last_place)), last_place + unit));
}

uint16_t random_half(Random& random, int lowest_exponent, int highest_exponent) {
  const auto span = static_cast<uint64_t>(highest_exponent - lowest_exponent + 1);
  const int exponent = lowest_exponent + static_cast<int>(random() % span);
  return static_cast<uint16_t>((random() & 0x83FF) | static_cast<uint64_t>(exponent + 15) << 10);
}

uint16_t random_fp4_times_scale(Random& random) {
  const float value = nvfp4::e2m1_to_float(static_cast<unsigned>(random() % 16));
  return nvfp4::f16_from(value * nvfp4::ue4m3_to_float(static_cast<uint8_t>(random() % nvfp4::kUe4m3Nan)));
}

struct Family {
  const char* name;
  int steps;
  std::function<uint16_t(Random&)> value;
  /// Exponents of the accumulator that the chain starts from.
  int lowest_exponent;
  int highest_exponent;
  /// Neighbours in k cancel: a repeats its value negated, b nearly.
  bool cancelling = false;
};

const Family kFamilies[] = {
    {"small exponents", 4, [](Random& r) { return random_half(r, -2, 2); }, -6, 6},
    {"all exponents", 4, [](Random& r) { return random_half(r, -14, 15); }, -20, 20},
    {"FP4 times scale", 16, random_fp4_times_scale, -6, 6},
    {"cancelling pairs", 8, [](Random& r) { return random_half(r, -3, 3); }, -6, 6, true},
    {"one huge term among tiny ones", 4,
     [](Random& r) { return r() % 8 == 0 ? random_half(r, 8, 13) : random_half(r, -14, -4); }, -6, 6},
    {"subnormal operands", 4,
     [](Random& r) { return r() % 2 ? static_cast<uint16_t>(r() & 0x83FF) : random_half(r, -14, -6); }, -30,
     -20},
    {"long chains", 64, random_fp4_times_scale, -6, 6},
};

WgmmaChains draw(const Family& family, int chains, Random& random) {
  WgmmaChains result{.chains = chains, .steps = family.steps};
  const size_t steps = static_cast<size_t>(chains) * static_cast<size_t>(family.steps);
  result.a.resize(steps * kChainM * kChainK);
  result.b.resize(steps * kChainN * kChainK);
  result.d.resize(static_cast<size_t>(chains) * kChainM * kChainN);
  for (uint16_t& x : result.a) x = family.value(random);
  for (uint16_t& x : result.b) x = family.value(random);
  for (float& x : result.d) {
    const int span = family.highest_exponent - family.lowest_exponent + 1;
    const int exponent = family.lowest_exponent + static_cast<int>(random() % static_cast<uint64_t>(span));
    const float magnitude = std::ldexp(1.0f + static_cast<float>(random() % (1u << 23)) * 0x1p-23f, exponent);
    x = random() % 2 ? magnitude : -magnitude;
  }
  if (family.cancelling) {
    for (size_t i = 0; i + 1 < result.a.size(); i += 2) result.a[i + 1] = result.a[i] ^ 0x8000;
    for (size_t i = 0; i + 1 < result.b.size(); i += 2)
      result.b[i + 1] = static_cast<uint16_t>(result.b[i] ^ (random() % 4 == 0));
  }
  return result;
}

/// Accumulators that the model gets wrong by any bit.
int64_t disagreements(const WgmmaChains& before, const WgmmaChains& after, int alignment_bits) {
  int64_t wrong = 0;
  for (size_t i = 0; i < before.d.size(); ++i) {
    const size_t n = i % kChainN;
    const size_t m = i / kChainN % kChainM;
    const size_t chain = i / (kChainN * kChainM);
    float expected = before.d[i];
    for (size_t step = chain * before.steps; step < (chain + 1) * before.steps; ++step) {
      expected = step_model(&before.a[(step * kChainM + m) * kChainK],
                            &before.b[(step * kChainN + n) * kChainK], expected, alignment_bits);
    }
    wrong += expected != after.d[i];  // either zero is zero
  }
  return wrong;
}

TEST_CASE("wgmma sums exactly as the numerics contract says, bit for bit", "[gpu]") {
  need_gpu(90);
  Random random(20);
  for (const Family& family : kFamilies) {
    const WgmmaChains before = draw(family, family.steps > 16 ? 8 : 64, random);
    WgmmaChains after = before;
    after.run();
    CAPTURE(family.name, before.d.size());
    CHECK(disagreements(before, after, 25) == 0);
    // The test could tell: one alignment bit fewer is seen in every family.
    CHECK(disagreements(before, after, 24) > 0);
  }
}

}  // namespace
}  // namespace nvfp4bench::test
