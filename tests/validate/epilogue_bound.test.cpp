// The bound of the epilogue, both ways: no right epilogue leaves it, and the worst one comes near it.
#include "validate/epilogue_bound.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "catch.hpp"
#include "simulated.hpp"
#include "validate/output_number.hpp"

namespace nvfp4bench::validate {
namespace {

constexpr double kRoundoff = 0x1p-24;        // of fp32, to nearest
constexpr double kHalfSubnormal = 0x1p-150;  // the same below 2^-126
constexpr double kUnit = 0x1p-20;            // of an accumulator

struct Case {
  Epilogue epilogue;
  Accumulated acc1;
  Accumulated acc2;
};

std::string describe(const Case& given, const Bounded& bounded) {
  return fmt::format("{} {}: gate {} of {} +- {}, up {} of {} +- {}: y {} +- {}",
                     to_string(given.epilogue.output), to_string(given.epilogue.silu), given.epilogue.alpha1,
                     given.acc1.sum, given.acc1.error, given.epilogue.alpha2, given.acc2.sum,
                     given.acc2.error, bounded.y, bounded.error);
}

template <class Real>
Real silu(Real x) {
  const Real t = std::exp(-std::abs(x));
  return x * (x < 0 ? t : 1) / (1 + t);
}

/// The relative error of silu(x) that a tier declares.
double declared(SiluTier tier, double x) {
  const SiluError& error = silu_error(tier);
  const double t = std::exp(-std::abs(x));
  const double one_minus_sigma = (x < 0 ? 1 : t) / (1 + t);
  return kRoundoff * (one_minus_sigma * (error.exp_per_g * std::abs(x) + error.exp_base) + error.division);
}

/// A right epilogue in fp32 whose every step errs at random, by up to all that it may.
class Simulated {
 public:
  Simulated(const Case& drawn, Random& random) : case_(drawn), random_(random) {}

  uint32_t output() {
    const Epilogue& epilogue = case_.epilogue;
    const float gate = epilogue.alpha1 * accumulator(case_.acc1);
    const float up = epilogue.alpha2 * accumulator(case_.acc2);
    return round_to_bits(silu_of(gate) * up, epilogue.output);
  }

 private:
  /// In [-1, 1], each end with probability 1/4.
  double any() {
    const uint64_t bits = random_();
    if (bits % 2 == 0) return bits % 4 == 0 ? -1 : 1;
    return static_cast<double>(bits >> 11) * 0x1p-52 - 1;
  }

  /// An fp32 number that is off by at most the error.
  float accumulator(const Accumulated& acc) {
    const auto exact = static_cast<long double>(acc.sum);
    const auto holds = [&](float x) { return std::abs(x - exact) <= static_cast<long double>(acc.error); };
    auto computed = static_cast<float>(exact + static_cast<long double>(any() * acc.error));
    if (!holds(computed)) computed = std::nextafter(computed, static_cast<float>(exact));
    return (holds(computed) ? computed : static_cast<float>(exact)) * 0x1p-20f;
  }

  /// x with a relative error of up to `units` of 2^-24, as a number that an instruction may return.
  float off(double x, double units) {
    const double exact = x;
    x += x * any() * units * kRoundoff;
    const auto y = static_cast<float>(x);
    if (std::abs(x) < 0x1p-126 || std::isinf(y)) return y;
    return std::abs(y - exact) > std::abs(exact) * units * kRoundoff
               ? std::nextafter(y, static_cast<float>(exact))
               : y;
  }

  float silu_of(float gate) {
    const SiluTier tier = case_.epilogue.silu;
    const auto exact_exp = [](float x) { return std::exp(std::min(static_cast<double>(x), 200.0)); };
    const auto kind = random_() % 5;
    if (kind == 0) {  // all that the tier allows, whatever computed it; every subnormal step errs too
      if (gate < -88 && any() > 0) return -0.0f;
      const double exact = silu(static_cast<double>(gate));
      if (std::abs(exact) >= 0x1p-125) return off(exact, declared(tier, gate) / kRoundoff);
      const double one_more_rounding = std::abs(exact) >= kHalfSubnormal ? any() * kHalfSubnormal : 0;
      return static_cast<float>(exact + one_more_rounding);
    }
    if (kind == 1) return gate / (1 + std::exp(-gate));  // the C library
    if (kind == 2) {  // e^-|g|, which cannot overflow; subnormal far below zero
      const double e = off(exact_exp(-std::abs(gate)), 4);
      return (gate < 0 ? static_cast<float>(gate * e) : gate) / (1 + static_cast<float>(e));
    }
    if (kind == 3 || tier == SiluTier::accurate) return gate / (1 + off(exact_exp(-gate), 4));
    // ex2.approx of a rounded product, rcp.approx; both flush subnormal results.
    float e = off(std::exp2(std::min(static_cast<double>(-1.44269504f * gate), 200.0)), 4);
    if (e < 0x1p-126f) e = 0;
    float reciprocal = off(1 / static_cast<double>(1 + e), 2);
    if (reciprocal < 0x1p-126f) reciprocal = 0;
    return gate * reciprocal;
  }

  const Case& case_;
  Random& random_;
};

double log_uniform(Random& random, double low_exponent, double high_exponent) {
  return std::exp2(std::uniform_real_distribution<double>(low_exponent, high_exponent)(random));
}

/// An accumulator, exact or not, and the alpha that makes about `target` of it.
void draw(Random& random, double target, Accumulated& acc, float& alpha) {
  const auto sign = random() % 2 == 0 ? 1 : -1;
  if (random() % 3 == 0) {  // 24 bits
    acc.sum = sign * static_cast<int64_t>((random() >> 40) << random() % 33);
    acc.error = 0;
  } else {
    acc.sum = sign * static_cast<int64_t>(log_uniform(random, 0, 57));
    const double half_ulp = std::ldexp(1, std::ilogb(static_cast<double>(acc.sum)) - 24);
    acc.error = half_ulp * (random() % 2 == 0 ? 1 : log_uniform(random, 0, 27));
  }
  const double value = std::max(1.0, std::abs(static_cast<double>(acc.sum))) * kUnit;
  double wanted = std::min(target / value, 0x1p60);
  if (random() % 3 == 0) wanted = std::exp2(std::floor(std::log2(wanted)));
  alpha = static_cast<float>(random() % 2 == 0 ? wanted : -wanted);
}

Case draw_case(Random& random) {
  Case drawn;
  constexpr OutputType kOutputs[] = {OutputType::f16, OutputType::bf16, OutputType::f32};
  drawn.epilogue.output = kOutputs[random() % 3];
  drawn.epilogue.silu = random() % 2 == 0 ? SiluTier::accurate : SiluTier::approx;
  // Half of the gates where silu bends and ends, the others anywhere.
  const double gate = random() % 2 == 0 ? log_uniform(random, -4, 7) : log_uniform(random, -150, 30);
  draw(random, gate, drawn.acc1, drawn.epilogue.alpha1);
  draw(random, log_uniform(random, -60, 90), drawn.acc2, drawn.epilogue.alpha2);
  return drawn;
}

/// How many simulated epilogues to judge: NVFP4BENCH_SIMULATED_EPILOGUES, or so many that a second is enough.
int64_t simulated_epilogues() {
  const char* value = std::getenv("NVFP4BENCH_SIMULATED_EPILOGUES");
  return value != nullptr ? std::atoll(value) : 1'000'000;
}

TEST_CASE("no right epilogue is rejected, whatever errors its steps make within what they declare") {
  constexpr int64_t kBatch = 10'000;
  const int64_t batches = std::max<int64_t>(1, simulated_epilogues() / kBatch);
  int64_t rejected = 0;
  int64_t not_nearest = 0;
  std::string example;
#pragma omp parallel for schedule(dynamic) reduction(+ : rejected, not_nearest)
  for (int64_t batch = 0; batch < batches; ++batch) {
    Random random(static_cast<uint64_t>(batch));
    for (int64_t i = 0; i < kBatch; ++i) {
      const Case drawn = draw_case(random);
      const Bounded bounded = bound_output(drawn.epilogue, drawn.acc1, drawn.acc2);
      const uint32_t got = Simulated(drawn, random).output();
      const OutputType type = drawn.epilogue.output;
      not_nearest += ordinal(got, type) != ordinal(round_to_bits(bounded.y, type), type);
      if (AcceptedInterval(bounded, type).accepts(got)) continue;
      ++rejected;
#pragma omp critical
      example = describe(drawn, bounded) + fmt::format(", got {}", to_double(got, type));
    }
  }
  CAPTURE(example);
  CHECK(rejected == 0);
  CHECK(not_nearest > batches * kBatch / 10);  // the errors did show
}

/// The largest error that the declared steps can add up to: every one at an end of what it may do.
class Worst {
 public:
  explicit Worst(const Case& given) : case_(given) {
    const Epilogue& epilogue = given.epilogue;
    const Ends gate = ends(epilogue.alpha1, given.acc1);
    const Ends up = ends(epilogue.alpha2, given.acc2);
    const long double u = epilogue.alpha2 * (given.acc2.sum * static_cast<long double>(kUnit));
    const long double g = epilogue.alpha1 * (given.acc1.sum * static_cast<long double>(kUnit));
    y_ = silu(g) * u;
    // Where silu turns, where its errors are largest, and places in between.
    for (const long double x : {-1.27846L, -1.5434L, 1.5434L, -2.39936L, 2.39936L}) {
      try_gate(std::clamp(x, gate.low, gate.high), up);
    }
    for (int i = 0; i <= 4; ++i) try_gate(gate.low + (gate.high - gate.low) * i / 4, up);
  }

  double error() const { return static_cast<double>(largest_); }

 private:
  struct Ends {
    long double low;
    long double high;
  };

  static long double subnormal_rounding(long double x) {
    return std::abs(x) < 0x1p-126L ? std::min(std::abs(x), static_cast<long double>(kHalfSubnormal)) : 0;
  }
  static long double rounding(long double x) {
    return std::abs(x) < 0x1p-126L ? subnormal_rounding(x) : kRoundoff * std::abs(x);
  }

  static Ends ends(float alpha, const Accumulated& acc) {
    int exponent;
    const bool exact_product = alpha == 0 || std::abs(std::frexp(alpha, &exponent)) == 0.5f;
    const long double x = alpha * (acc.sum * static_cast<long double>(kUnit));
    const long double error = std::abs(static_cast<long double>(alpha) * kUnit * acc.error);
    const auto rounded = [&](long double end, int sign) {
      return end + sign * (exact_product ? subnormal_rounding(end) : rounding(end));
    };
    return {rounded(x - error, -1), rounded(x + error, 1)};
  }

  void try_gate(long double gate, const Ends& up) {
    const long double s = silu(gate);
    const long double off =
        declared(case_.epilogue.silu, static_cast<double>(gate)) * std::abs(s) + subnormal_rounding(s);
    for (const long double u : {up.low, up.high}) {
      for (const int sign : {-1, 1}) try_product((s + sign * off) * u);
      if (gate < -88) try_product(0);
    }
  }

  void try_product(long double product) {
    for (const int sign : {-1, 1}) {
      const bool stored_at_once = case_.epilogue.output == OutputType::f32;
      const long double rounded = product + (stored_at_once ? 0 : sign * rounding(product));
      largest_ = std::max(largest_, std::abs(rounded - y_));
    }
  }

  const Case& case_;
  long double y_ = 0;
  long double largest_ = 0;
};

/// Gates from -1e9 to 1e9, densest where silu bends and ends, with errors from none to a million times the
/// gate.
template <class Visit>
void for_each_case(const Visit& visit) {
  constexpr int64_t kSum = 0xC0FFEE;  // 24 bits
  constexpr double kValue = static_cast<double>(kSum) * kUnit;
  Case given;
  for (double exponent = -45; exponent <= 9; exponent += std::abs(exponent) < 3 ? 0.0625 : 0.5) {
    const double power_of_two = std::exp2(std::round(exponent * std::log2(10)) - 3);
    for (const double alpha1 : {std::pow(10, exponent) / kValue, power_of_two}) {
      for (const double sign : {-1.0, 1.0}) {
        given.epilogue.alpha1 = static_cast<float>(sign * alpha1);
        for (const double gate_error : {0.0, 1e-7, 1e-3, 0.3, 1.0, 3.0, 1e3, 1e6}) {
          given.acc1 = {kSum, gate_error * kSum};
          for (const Accumulated& acc2 : {Accumulated{0, 0}, Accumulated{0, kSum}, Accumulated{kSum, 0},
                                          Accumulated{kSum, 1e-4 * kSum}, Accumulated{-kSum, 5.0 * kSum}}) {
            given.acc2 = acc2;
            for (const float alpha2 : {-0.37f, 0x1p-100f, 1e18f}) {
              given.epilogue.alpha2 = alpha2;
              given.epilogue.output = alpha2 < 0 ? OutputType::f32 : OutputType::f16;
              for (const SiluTier tier : kSiluTiers) {
                given.epilogue.silu = tier;
                visit(given);
              }
            }
          }
        }
      }
    }
  }
}

TEST_CASE("the bound holds the largest error of an epilogue and is within 4 times of it, whatever the gate") {
  constexpr double kNothing = 0x1p-300;  // shows in no output
  double smallest = 1;
  double largest = 1;
  std::string at_smallest, at_largest;
  for_each_case([&](const Case& given) {
    const Bounded bounded = bound_output(given.epilogue, given.acc1, given.acc2);
    const double worst = Worst(given).error();
    const double ratio = (bounded.error + kNothing) / (worst + kNothing);
    if (ratio < smallest) {
      smallest = ratio;
      at_smallest = describe(given, bounded) + fmt::format(", worst {}", worst);
    }
    if (ratio > largest) {
      largest = ratio;
      at_largest = describe(given, bounded) + fmt::format(", worst {}", worst);
    }
  });
  CAPTURE(at_smallest, at_largest);
  CHECK(smallest == 1);
  CHECK(largest <= 4);
}

}  // namespace
}  // namespace nvfp4bench::validate
