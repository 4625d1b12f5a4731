#include "kernels/cpu/silu.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "catch.hpp"

namespace nvfp4bench::kernels::cpu {
namespace {

using Floats = float __attribute__((vector_size(16)));
using Ints = int32_t __attribute__((vector_size(16)));

float silu_of(float x) { return silu<Floats, Ints>(Floats{x, x, x, x})[0]; }

}  // namespace

TEST_CASE("e^x is within 4 units of 2^-24 for x <= 0, and correct to a subnormal step below 2^-126") {
  // Every 1009th float from -0 to -104.
  double worst = 0;
  double worst_subnormal = 0;
  constexpr uint32_t kEnd = std::bit_cast<uint32_t>(-104.0f);
  for (uint32_t bits = 0x8000'0000u; bits < kEnd; bits += 4 * 1009) {
    Floats x;
    for (int i = 0; i < 4; ++i) x[i] = std::bit_cast<float>(bits + static_cast<uint32_t>(i) * 1009);
    const Factors<Floats> factors = exp_of_negative<Floats, Ints>(x);
    const Floats got = factors.x * factors.y;
    for (int i = 0; i < 4; ++i) {
      const double want = std::exp(static_cast<double>(x[i]));
      const double error = std::abs(static_cast<double>(got[i]) - want);
      if (want >= 0x1p-126) {
        worst = std::max(worst, error / want);
      } else {
        worst_subnormal = std::max(worst_subnormal, error);
      }
    }
  }
  CAPTURE(worst * 0x1p24);
  CHECK(worst <= 4 * 0x1p-24);
  CHECK(worst > 0.5 * 0x1p-24);  // the sweep did see rounding
  CHECK(worst_subnormal <= 0x1p-149);
}

TEST_CASE("silu has its limits: no NaN where e^-x overflows, and NaN stays NaN") {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  constexpr float kMax = std::numeric_limits<float>::max();
  for (float x : {-kInf, -kMax, -1e5f, -110.0f}) {
    CAPTURE(x);
    CHECK(std::bit_cast<uint32_t>(silu_of(x)) == std::bit_cast<uint32_t>(-0.0f));
  }
  for (float x : {kInf, kMax, 1e5f, 30.0f, 0.0f}) CHECK(silu_of(x) == x);
  CHECK(std::signbit(silu_of(-0.0f)));
  CHECK(std::isnan(silu_of(std::numeric_limits<float>::quiet_NaN())));
  // e^88.8 is beyond fp32, silu(-88.8) is not.
  constexpr double kFar = -88.8f;
  CHECK(silu_of(-88.8f) == Approx(kFar * std::exp(kFar)).epsilon(1e-6));
}

TEST_CASE("silu keeps its tier over all of its range") {
  double worst = 0;
  for (float magnitude = 0x1p-30f; magnitude < 91; magnitude *= 1.0001f) {
    for (float x : {magnitude, -magnitude}) {
      const double want = static_cast<double>(x) / (1 + std::exp(-static_cast<double>(x)));
      const double error = std::abs((static_cast<double>(silu_of(x)) - want) / want);
      const double below_one = 1 / (1 + std::exp(static_cast<double>(x)));  // 1 - sigma
      worst = std::max(worst, error / (0x1p-24 * (4 * below_one + 3)));
    }
  }
  CHECK(worst <= 1);
}

}  // namespace nvfp4bench::kernels::cpu
