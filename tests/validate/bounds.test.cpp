// The bounds hold for bit-accurate models of the accumulators that they are bounds of.
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "simulated.hpp"
#include "validate/judge.hpp"
#include "validate/mma_bound.hpp"

namespace nvfp4bench::validate {
namespace {

/// Every fifth of 64 values: no step adds neighbours.
constexpr auto kShuffled = [] {
  std::array<uint8_t, 64> order{};
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<uint8_t>(5 * i % 64);
  return order;
}();

struct Model {
  Numerics contract;
  Accumulate accumulate;
};

const Model kModels[] = {
    {{.accumulator = Accumulator::fp32_per_block}, add_blocks},
    {{.accumulator = Accumulator::hopper_fp16_k16}, hopper_ascending},
    {{.accumulator = Accumulator::hopper_fp16_k16, .step_order = kShuffled},
     [](const UnpackedRow& a, const UnpackedRow& b) { return hopper(a, b, kShuffled); }},
    {{.accumulator = Accumulator::unknown_fp32}, add_products_backwards},
    {{.accumulator = Accumulator::unknown_fp32}, hopper_ascending},
    {{.accumulator = Accumulator::exact},
     [](const UnpackedRow& a, const UnpackedRow& b) {
       return static_cast<float>(static_cast<double>(exact_sum(a, b)) * 0x1p-20);
     }},
};

/// b with the sign of each odd block turned, so that sums cancel again and again.
void cancel(UnpackedRow& a, UnpackedRow& b) {
  for (size_t block = 1; block < a.scales.size(); block += 2) {
    a.scales[block] = a.scales[block - 1];
    b.scales[block] = b.scales[block - 1];
    for (size_t i = 16 * block; i < 16 * (block + 1); ++i) {
      a.codes[i] = a.codes[i - 16];
      b.codes[i] = static_cast<int16_t>(i % 61 == 0 ? b.codes[i] : -b.codes[i - 16]);
    }
  }
}

TEST_CASE("no accumulator leaves its bound, and zero bounds mean exact sums") {
  Random random(1);
  for (const Fill& fill : kFills) {
    for (const int64_t k : {16, 64, 512, 4096}) {
      const int64_t rows = 4;
      const data::Matrix a = random_matrix(rows, k, 1, fill, random);
      const data::Matrix b = random_matrix(rows * 4, k, 1, fill, random);
      for (int64_t pair = 0; pair < rows * rows * 4; ++pair) {
        UnpackedRow x, y;
        x.unpack(a.view(), pair % rows, 0);
        y.unpack(b.view(), pair / rows, 0);
        if (pair % 4 == 3) cancel(x, y);
        const auto exact = static_cast<double>(exact_sum(x, y));
        for (const Model& model : kModels) {
          const double error = accumulator_error(model.contract, x, y);
          const double off = std::abs(double{model.accumulate(x, y)} * 0x1p20 - exact);
          CAPTURE(fill.name, k, pair, to_string(model.contract.accumulator), error, off);
          REQUIRE(off <= error);
          REQUIRE(error <= largest_accumulator_error(model.contract, k, x.norm() * y.norm()));
        }
      }
    }
  }
}

TEST_CASE("products far below the largest of their step are lost, and the bound counts them") {
  // One step of four products of 2688^2, whose signs cancel, and twelve of 0.123: just under the last bit
  // kept, 2^-3.
  std::vector<uint8_t> order(64);
  UnpackedRow a, b;
  a.codes.assign(64, 0);
  for (size_t i = 0; i < 64; ++i)
    order[i] = static_cast<uint8_t>(i < 4 || i > 27 ? i : i < 16 ? i + 12 : i - 12);
  for (size_t i = 0; i < 16; ++i) a.codes[order[i]] = i < 4 ? 12 : 3;
  b = a;
  b.codes[0] = b.codes[1] = -12;
  a.scales = {448 << 9, 112, 112, 112};  // 0.21875
  b.scales = {448 << 9, 128, 128, 128};  // 0.25
  const auto exact = static_cast<double>(exact_sum(a, b));
  CHECK(exact == Approx(12 * 0.123046875 * 0x1p20));
  REQUIRE(hopper(a, b, order) == 0);
  CHECK(running_mma_error(kHopper, a, b, order) >= exact);
  CHECK(running_mma_error(kHopper, a, b, order) <= 1.1 * exact);
}

TEST_CASE("a bound that is a sum over the longest legal K is not rounded below what it bounds") {
  // The first blocks add up to more than 2^53 units; all others add one unit each, half the spacing of
  // doubles there, and are lost one by one.
  UnpackedRow row;
  row.codes.assign(static_cast<size_t>(kMaxK), 0);
  row.scales.assign(static_cast<size_t>(kMaxK / kScaleBlock), 1);
  int64_t abs_sum = 0;
  for (size_t block = 0; block < row.scales.size(); ++block) {
    const bool large = abs_sum <= int64_t{1} << 53;
    if (large) row.scales[block] = 448 << 9;
    for (size_t i = 0; i < (large ? 16 : 1); ++i) row.codes[kScaleBlock * block + i] = large ? 12 : 1;
    abs_sum += large ? int64_t{16 * 12 * 12} * (448 << 9) * (448 << 9) : 1;
  }
  REQUIRE(abs_sum < int64_t{1} << 54);
  const long double gamma = 1.5L * kMaxK * 0x1p-23L;
  const long double bound = gamma / (1 - gamma) * abs_sum;
  const double computed = accumulator_error({.accumulator = Accumulator::unknown_fp32}, row, row);
  CAPTURE(static_cast<double>((computed - bound) / bound));
  CHECK(computed >= bound);
  CHECK(computed <= bound * (1 + 0x1p-29L));
  CHECK(row.norm() >= std::sqrt(static_cast<long double>(abs_sum)));
}

TEST_CASE("sums that no order can round have bound zero under every contract") {
  Random random(2);
  const Fill& exact = kFills[3];
  const data::Matrix a = random_matrix(2, 4096, 1, exact, random);
  UnpackedRow x, y;
  x.unpack(a.view(), 0, 0);
  y.unpack(a.view(), 1, 0);
  for (const Model& model : kModels) CHECK(accumulator_error(model.contract, x, y) == 0);
}

TEST_CASE("models of kernels never fail under their own contract") {
  const auto output = GENERATE(OutputType::f16, OutputType::bf16, OutputType::f32);
  const auto op = GENERATE(Op::dual_gemm_silu, Op::gemm);
  uint64_t seed = 1;
  for (const Fill& fill : kFills) {
    for (const float alpha : {1.0f, 0.0137f, -3e-6f}) {
      Problem problem;
      problem.op = op;
      problem.output = output;
      problem.groups = {{5, 16, 1024, 1, alpha, 2 * alpha}, {0, 8, 16, 1, {}, {}}, {3, 8, 16, 2, {}, {}}};
      Simulation simulation(problem, fill, seed++);
      for (const Model& model : kModels) {
        run_model(simulation, model.accumulate);
        for (const SiluTier tier : kSiluTiers) {
          Numerics contract = model.contract;
          contract.silu = tier;
          const Verdict verdict = judge(simulation.view, simulation.reference, contract, JudgeOptions{});
          CAPTURE(fill.name, alpha, to_string(output), to_string(op), to_string(model.contract.accumulator),
                  verdict.reason);
          REQUIRE(verdict.mismatches == 0);
          REQUIRE(verdict.max_error_over_bound <= 1);
        }
      }
    }
  }
}

TEST_CASE("the bound of an output holds its value in long double at both ends of every accumulator") {
  Random random(3);
  std::uniform_real_distribution<double> exponent(0, 40);
  for (int i = 0; i < 5'000; ++i) {
    const auto draw = [&] {
      return static_cast<int64_t>(std::exp2(exponent(random))) * (random() % 2 ? 1 : -1);
    };
    const Accumulated acc1{draw(), std::exp2(exponent(random) - 10)};
    const Accumulated acc2{draw(), std::exp2(exponent(random) - 10)};
    const Epilogue epilogue{Op::dual_gemm_silu, OutputType::f32, SiluTier::accurate, 0.75f, -1.5f};
    const Bounded bounded = bound_output(epilogue, acc1, acc2);
    for (const int end1 : {-1, 1}) {
      for (const int end2 : {-1, 1}) {
        const long double g = 0.75L * 0x1p-20L * (acc1.sum + end1 * static_cast<long double>(acc1.error));
        const long double u = -1.5L * 0x1p-20L * (acc2.sum + end2 * static_cast<long double>(acc2.error));
        const long double y = g / (1 + std::exp(-g)) * u;
        CAPTURE(acc1.sum, acc1.error, acc2.sum, acc2.error, bounded.y, bounded.error);
        // What double cannot hold is 0 in every output type.
        REQUIRE(std::abs(y - bounded.y) <= bounded.error + 0x1p-1000L);
      }
    }
  }
}

}  // namespace
}  // namespace nvfp4bench::validate
