// Every CPU variant on every instruction set of this machine, against the definition.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <deque>
#include <limits>
#include <string>
#include <vector>

#include "catch.hpp"
#include "kernels/reference.hpp"
#include "kernels/registry.hpp"
#include "nvfp4/float16.hpp"
#include "nvfp4/isa_support.hpp"

namespace nvfp4bench {
namespace {

using kernels::Kernel;
using kernels::Machine;
using kernels::Variant;
using test::Matrix;

struct Phases : kernels::PhaseSink {
  void end_phase(std::string_view name) override { names.emplace_back(name); }
  std::vector<std::string> names;
};

constexpr uint8_t kPoison = 0xA5;
constexpr size_t kGuard = 64;

struct Shape {
  int64_t m, n, k, l;
};

struct TestGroup {
  explicit TestGroup(const Shape& g)
      : a(test::make_matrix(g.m, g.k, g.l)),
        b1(test::make_matrix(g.n, g.k, g.l)),
        b2(test::make_matrix(g.n, g.k, g.l)) {}
  Matrix a, b1, b2;
  float alpha1 = 1, alpha2 = 1;
  std::vector<uint8_t> c;
};

/// Operands of a problem, and runs of a variant on them.
struct TestProblem {
  TestProblem(Op op_, OutputType output_, const std::vector<Shape>& shapes) : op(op_), output(output_) {
    for (const Shape& g : shapes) groups.emplace_back(g);
  }

  void randomise(unsigned seed, uint8_t first_scale, uint8_t last_scale) {
    std::mt19937 random(seed);
    for (TestGroup& g : groups) {
      for (Matrix* x : {&g.a, &g.b1, &g.b2}) test::randomise(*x, random, first_scale, last_scale);
    }
  }

  /// The outputs of all groups in order, raw, after a check that nothing was written behind them.
  std::vector<std::vector<uint8_t>> run(const Variant& variant, const Machine& machine) {
    ProblemView view{op, output, {}};
    for (TestGroup& g : groups) {
      const auto bytes = static_cast<size_t>(g.a.l * g.a.rows * g.b1.rows * bytes_per_element(output));
      g.c.assign(bytes + kGuard, kPoison);
      view.groups.push_back({g.a.view(), g.b1.view(), op == Op::gemm ? MatrixView{} : g.b2.view(), g.alpha1,
                             g.alpha2, g.c.data()});
    }
    const auto kernel = variant.bind(variant, view, machine);
    phases.names.clear();
    kernels::RunContext context{phases};
    kernel->run(context);
    std::vector<std::vector<uint8_t>> outputs;
    for (TestGroup& g : groups) {
      const auto end = g.c.end() - kGuard;
      REQUIRE(std::all_of(end, g.c.end(), [](uint8_t byte) { return byte == kPoison; }));
      outputs.emplace_back(g.c.begin(), end);
    }
    return outputs;
  }

  Op op;
  OutputType output;
  std::deque<TestGroup> groups;
  Phases phases;
};

Machine machine(Isa isa, int threads) {
  Machine chosen;
  chosen.isa = isa;
  chosen.threads = threads;
  return chosen;
}

std::vector<Isa> isas() {
  std::vector<Isa> here;
  for (Isa isa : kIsas) {
    if (nvfp4::why_not(isa).empty()) here.push_back(isa);
  }
  return here;
}

std::vector<const Variant*> cpu_variants(Op op) {
  std::vector<const Variant*> chosen;
  for (const Variant* v : kernels::variants()) {
    if (v->op == op && v->name.starts_with("cpu/")) chosen.push_back(v);
  }
  return chosen;
}

template <class T>
T element(const std::vector<uint8_t>& bytes, size_t i) {
  T value;
  std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

/// Compares fp32 outputs of op gemm with the promised accumulators, bit for bit (any NaN is a NaN).
void check_accumulators(TestProblem& problem, const std::vector<std::vector<uint8_t>>& outputs) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    TestGroup& g = problem.groups[i];
    size_t at = 0;
    int64_t wrong = 0;
    for (int64_t l = 0; l < g.a.l; ++l) {
      for (int64_t m = 0; m < g.a.rows; ++m) {
        for (int64_t n = 0; n < g.b1.rows; ++n, ++at) {
          const float want = g.alpha1 * test::fp32_per_block(g.a, g.b1, l, m, n);
          const auto got = element<float>(outputs[i], at);
          const bool same = std::isnan(want) ? std::isnan(got)
                                             : std::bit_cast<uint32_t>(want) == std::bit_cast<uint32_t>(got);
          if (!same && wrong++ == 0) {
            UNSCOPED_INFO("group " << i << ", l " << l << ", m " << m << ", n " << n << ": want " << want
                                   << ", got " << got);
          }
        }
      }
    }
    CHECK(wrong == 0);
  }
}

// Tails of every kind: rows, columns, an odd number of blocks, more blocks than are unpacked at a time, more
// rows than a tile has, l > 1, and groups without work first, in the middle and last.
const std::vector<Shape> kRagged = {{0, 5, 32, 1},   {1, 1, 16, 1},     {7, 33, 48, 2}, {0, 8, 16, 2},
                                    {257, 3, 32, 1}, {5, 131, 1104, 1}, {2, 16, 80, 3}, {0, 1, 16, 1}};

}  // namespace

TEST_CASE("op gemm gives the promised accumulators on ragged groups, for any scales") {
  TestProblem problem(Op::gemm, OutputType::f32, kRagged);
  problem.randomise(1, 0x00, nvfp4::kUe4m3Max);
  problem.groups[2].alpha1 = 0.3f;
  for (Isa isa : isas()) {
    for (int threads : {1, 2, 3}) {
      for (const Variant* variant : cpu_variants(Op::gemm)) {
        CAPTURE(to_string(isa), threads, variant->name);
        check_accumulators(problem, problem.run(*variant, machine(isa, threads)));
      }
    }
  }
}

TEST_CASE("problems of any size are computed in 4 MB, and their rows in turn") {
  TestProblem problem(Op::gemm, OutputType::f32, {{3, 5, 16, 1}, {300, 3, 16384, 1}});
  problem.randomise(4, 0x20, 0x48);
  for (Isa isa : isas()) {
    for (const Variant* variant : cpu_variants(Op::gemm)) {
      CAPTURE(to_string(isa));
      check_accumulators(problem, problem.run(*variant, machine(isa, 2)));
      ProblemView view{problem.op, problem.output, {}};
      for (TestGroup& g : problem.groups) {
        view.groups.push_back({g.a.view(), g.b1.view(), {}, 1, 1, g.c.data()});
      }
      CHECK(variant->bind(*variant, view, machine(isa, 2))->workspace_bytes() <= 4'000'000);
    }
  }
}

TEST_CASE("every pair of codes and every pair of finite scales multiplies exactly") {
  // Row r of each operand holds code r % 16 under scale r % 127; 127 and 16 have no common divisor.
  constexpr int64_t kRows = 16 * 127;
  TestProblem problem(Op::gemm, OutputType::f32, {{kRows, 127, 16, 1}, {127, 16, 16, 1}});
  for (TestGroup& g : problem.groups) {
    for (Matrix* x : {&g.a, &g.b1}) {
      for (int64_t r = 0; r < x->rows; ++r) {
        for (int64_t k = 0; k < 16; ++k)
          test::set_code(*x, 0, r, k, static_cast<uint8_t>((r + (k == 3)) % 16));
        test::set_scale(*x, 0, r, 0, static_cast<uint8_t>(r % 127));
      }
    }
  }
  for (Isa isa : isas()) {
    for (const Variant* variant : cpu_variants(Op::gemm)) {
      CAPTURE(to_string(isa));
      check_accumulators(problem, problem.run(*variant, machine(isa, 2)));
    }
  }
}

TEST_CASE("the largest sums of a block do not saturate") {
  // +-6 * +-6 everywhere under 448 * 448, and the smallest nonzero scales beside them.
  TestProblem problem(Op::gemm, OutputType::f32, {{4, 4, 32, 1}});
  TestGroup& g = problem.groups[0];
  for (Matrix* x : {&g.a, &g.b1}) {
    for (int64_t r = 0; r < 4; ++r) {
      for (int64_t k = 0; k < 32; ++k) test::set_code(*x, 0, r, k, r % 2 == 0 ? 0x7 : 0xF);
      for (int64_t block = 0; block < 2; ++block)
        test::set_scale(*x, 0, r, block, r < 2 ? nvfp4::kUe4m3Max : 0x01);
    }
  }
  for (Isa isa : isas()) {
    CAPTURE(to_string(isa));
    for (const Variant* variant : cpu_variants(Op::gemm)) {
      check_accumulators(problem, problem.run(*variant, machine(isa, 1)));
    }
  }
}

TEST_CASE("a NaN scale makes its row or column NaN and nothing else, zero codes included") {
  TestProblem problem(Op::gemm, OutputType::f32, {{9, 21, 64, 1}});
  problem.randomise(2, 0x00, nvfp4::kUe4m3Max);
  TestGroup& g = problem.groups[0];
  for (int64_t k = 0; k < 64; ++k) {
    test::set_code(g.a, 0, 4, k, 0);
    test::set_code(g.b1, 0, 17, k, 0);
  }
  test::set_scale(g.a, 0, 4, 2, nvfp4::kUe4m3Nan);
  test::set_scale(g.b1, 0, 17, 3, nvfp4::kUe4m3Nan);
  for (Isa isa : isas()) {
    CAPTURE(to_string(isa));
    for (const Variant* variant : cpu_variants(Op::gemm)) {
      const auto outputs = problem.run(*variant, machine(isa, 2));
      check_accumulators(problem, outputs);
      CHECK(std::isnan(element<float>(outputs[0], 4 * 21 + 0)));
      CHECK(std::isnan(element<float>(outputs[0], 0 * 21 + 17)));
    }
  }
}

/// Gives the scales of rows that only pad the layout to 128.
void pad_rows(Matrix& x, uint8_t (*scale)(int64_t i)) {
  const int64_t end = (x.rows + nvfp4::kScaleTileRows - 1) / nvfp4::kScaleTileRows * nvfp4::kScaleTileRows;
  for (int64_t l = 0; l < x.l; ++l) {
    for (int64_t row = x.rows; row < end; ++row) {
      for (int64_t block = 0; block < x.k / kScaleBlock; ++block)
        test::set_scale(x, l, row, block, scale(row * 7 + block));
    }
  }
}

TEST_CASE("what padding rows of the scales hold moves no bit of any output") {
  for (const Op op : {Op::gemm, Op::dual_gemm_silu}) {
    TestProblem problem(op, OutputType::f32, {{37, 72, 208, 2}, {129, 200, 80, 1}, {1, 1, 16, 1}});
    problem.randomise(11, 0x30, 0x40);
    for (const Isa isa : isas()) {
      for (const Variant* variant : cpu_variants(op)) {
        CAPTURE(to_string(isa), variant->name);
        std::vector<std::vector<std::vector<uint8_t>>> outputs;
        for (const auto scale : {+[](int64_t) { return uint8_t{0}; },
                                 +[](int64_t i) { return static_cast<uint8_t>(i % nvfp4::kUe4m3Nan); },
                                 +[](int64_t) { return nvfp4::kUe4m3Nan; }}) {
          for (TestGroup& g : problem.groups) {
            for (Matrix* x : {&g.a, &g.b1, &g.b2}) pad_rows(*x, scale);
          }
          outputs.push_back(problem.run(*variant, machine(isa, 2)));
        }
        CHECK((outputs[1] == outputs[0]));  // the parentheses spare us a listing of the bytes
        CHECK((outputs[2] == outputs[0]));
      }
    }
  }
}

TEST_CASE("the dual variants give silu(g) * u within the promised tier, rounded once to the output") {
  const OutputType output = GENERATE(OutputType::f16, OutputType::bf16, OutputType::f32);
  TestProblem problem(Op::dual_gemm_silu, output, kRagged);
  problem.randomise(3, 0x20, 0x48);
  for (TestGroup& g : problem.groups) {
    g.alpha1 = 0.037f;
    g.alpha2 = 0.25f;
  }
  test::set_scale(problem.groups[2].a, 1, 3, 0, nvfp4::kUe4m3Nan);
  test::set_scale(problem.groups[2].b2, 0, 5, 1, nvfp4::kUe4m3Nan);

  // All instruction sets promise the same bits, so one run is judged and the others are held against it.
  std::vector<std::vector<uint8_t>> first;
  for (Isa isa : isas()) {
    for (int threads : {1, 2, 3}) {
      for (const Variant* variant : cpu_variants(Op::dual_gemm_silu)) {
        CAPTURE(to_string(output), to_string(isa), threads, variant->name);
        const auto outputs = problem.run(*variant, machine(isa, threads));
        if (first.empty()) first = outputs;
        CHECK((outputs == first));  // the parentheses spare us a listing of the bytes
        CHECK((problem.run(*variant, machine(isa, threads)) == outputs));
      }
    }
  }

  for (size_t i = 0; i < first.size(); ++i) {
    TestGroup& g = problem.groups[i];
    size_t at = 0;
    int64_t wrong = 0;
    for (int64_t l = 0; l < g.a.l; ++l) {
      for (int64_t m = 0; m < g.a.rows; ++m) {
        for (int64_t n = 0; n < g.b1.rows; ++n, ++at) {
          const float acc1 = test::fp32_per_block(g.a, g.b1, l, m, n);
          const float acc2 = test::fp32_per_block(g.a, g.b2, l, m, n);
          const double want = test::silu_mul(acc1, g.alpha1, acc2, g.alpha2);
          // Silu (exponential 4, addition and division 3) and the product 1, in units of 2^-24; silu may be
          // as small as the smallest subnormal step.
          const double up = static_cast<double>(g.alpha2 * acc2);
          const double error = 8 * 0x1p-24 * std::abs(want) + 0x1p-149 * (1 + std::abs(up));
          bool ok = false;
          if (output == OutputType::f32) {
            const auto got = element<float>(first[i], at);
            ok = std::isnan(want) ? std::isnan(got) : std::abs(static_cast<double>(got) - want) <= error;
          } else {
            const auto got = element<uint16_t>(first[i], at);
            const auto encode = [&](double x) {
              return output == OutputType::f16 ? nvfp4::f16_from(x) : nvfp4::bf16_from(x);
            };
            const float value =
                output == OutputType::f16 ? nvfp4::f16_to_float(got) : nvfp4::bf16_to_float(got);
            ok = std::isnan(want) ? std::isnan(value)
                                  : nvfp4::ordinal(encode(want - error)) <= nvfp4::ordinal(got) &&
                                        nvfp4::ordinal(got) <= nvfp4::ordinal(encode(want + error));
          }
          if (!ok && wrong++ == 0) {
            UNSCOPED_INFO("group " << i << ", l " << l << ", m " << m << ", n " << n << ": want " << want);
          }
        }
      }
    }
    CAPTURE(to_string(output));
    CHECK(wrong == 0);
  }
}

TEST_CASE("two_pass reports its three phases and its temporaries; the fused variants have neither") {
  TestProblem problem(Op::dual_gemm_silu, OutputType::f16, {{300, 200, 64, 1}});
  constexpr int64_t kTemporaries = 2 * 300 * 200 * 4;
  for (const Variant* variant : cpu_variants(Op::dual_gemm_silu)) {
    CAPTURE(variant->name);
    const Machine here = machine(nvfp4::best_isa(), 1);
    problem.run(*variant, here);
    const auto phases = problem.phases.names;
    if (variant->structure.fp32_temporaries) {
      CHECK(phases == std::vector<std::string>{"pass 1", "pass 2", "fusion"});
    } else {
      CHECK(phases.empty());
    }

    TestGroup& g = problem.groups[0];
    const ProblemView view{
        problem.op, problem.output, {{g.a.view(), g.b1.view(), g.b2.view(), 1, 1, g.c.data()}}};
    const int64_t workspace = variant->bind(*variant, view, here)->workspace_bytes();
    CHECK((workspace >= kTemporaries) == variant->structure.fp32_temporaries);
  }
}

TEST_CASE("an instruction set that is not here is a reason not to run") {
  for (const Variant* variant : cpu_variants(Op::gemm)) {
    Machine machine;
    CHECK(kernels::why_not(*variant, {.op = Op::gemm}, machine).empty());
    machine.isa_why_not = "this CPU lacks AVX512F";
    CHECK(kernels::why_not(*variant, {.op = Op::gemm}, machine) == "this CPU lacks AVX512F");
  }
}

}  // namespace nvfp4bench
