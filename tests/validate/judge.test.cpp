// The judge is judged: it accepts what the contract allows, and nothing else.
#include "validate/judge.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "catch.hpp"
#include "data/poison.hpp"
#include "nvfp4/ue4m3.hpp"
#include "simulated.hpp"
#include "validate/element.hpp"
#include "validate/sample.hpp"

namespace nvfp4bench::validate {
namespace {

constexpr Numerics kPerBlock{Accumulator::fp32_per_block, SiluTier::accurate, true};

Problem one_group(int64_t m, int64_t n, int64_t k, OutputType output = OutputType::f16,
                  Op op = Op::dual_gemm_silu) {
  Problem problem;
  problem.op = op;
  problem.output = output;
  problem.groups = {{m, n, k, 1, {}, {}}};
  return problem;
}

Verdict judged(const Simulation& simulation, const Numerics& numerics = kPerBlock,
               JudgeOptions options = {}) {
  return judge(simulation.view, simulation.reference, numerics, options);
}

/// op gemm on one element whose accumulator is `sum`, a whole number below 2^12, exact in any order.
Simulation one_sum(int sum, float alpha, OutputType output) {
  Problem problem = one_group(1, 1, 192, output, Op::gemm);
  problem.groups[0].alpha1 = alpha;
  Simulation simulation(problem, kFills[3], 1);
  data::Matrix& a = simulation.operands.groups[0].a;
  data::Matrix& b = simulation.operands.groups[0].b1;
  for (data::Matrix* matrix : {&a, &b}) std::fill_n(matrix->codes.data(), matrix->codes.size(), uint8_t{0});
  for (int bit = 0; bit < 12; ++bit) {
    // Block `bit` adds 2^bit: code 2 is 1.0, scales are powers of two.
    if ((sum >> bit & 1) == 0) continue;
    test::set_code(a, 0, 0, 16 * bit, 2);
    test::set_code(b, 0, 0, 16 * bit, 2);
    test::set_scale(a, 0, 0, bit, static_cast<uint8_t>(nvfp4::kUe4m3One + 8 * (bit / 2)));
    test::set_scale(b, 0, 0, bit, static_cast<uint8_t>(nvfp4::kUe4m3One + 8 * (bit - bit / 2)));
  }
  simulation.refresh_reference();
  REQUIRE(simulation.reference.groups[0].acc1[0] == int64_t{sum} << 20);
  return simulation;
}

bool accepts(Simulation& simulation, uint32_t bits) {
  simulation.store(0, 0, bits);
  return judged(simulation).mismatches == 0;
}

TEST_CASE("the last accepted value passes and the next one fails, at both ends") {
  const auto output = GENERATE(OutputType::f16, OutputType::bf16, OutputType::f32);
  const auto op = GENERATE(Op::dual_gemm_silu, Op::gemm);
  const Numerics numerics{Accumulator::unknown_fp32, SiluTier::approx, true};
  Simulation simulation(one_group(4, 8, 2048, output, op), kFills[0], 7);
  run_model(simulation, add_blocks);
  const GroupRules rules(simulation.view, simulation.view.groups[0], numerics);
  ElementRows rows;
  for (int64_t i = 0; i < 32; ++i) {
    rows.unpack_a(rules, i / 8);
    rows.unpack_b(rules, i / 8, i % 8);
    const GroupReference& exact = simulation.reference.groups[0];
    const Bounded bounded = bound_element(rules, rows, exact.acc1[i], op == Op::gemm ? 0 : exact.acc2[i]);
    const AcceptedInterval interval(bounded, output);
    const uint32_t sign = output == OutputType::f32 ? 0x8000'0000u : 0x8000u;
    const bool crosses_zero = (interval.low_bits & sign) != (interval.high_bits & sign);
    if (crosses_zero) continue;  // bits step away from zero on either side: told apart below
    const bool negative = (interval.low_bits & sign) != 0;
    const uint32_t nearer = negative ? interval.high_bits : interval.low_bits;
    const uint32_t farther = negative ? interval.low_bits : interval.high_bits;
    const uint32_t original = load_bits(simulation.view.groups[0].c, i, output);
    const auto passes = [&](uint32_t bits) {
      simulation.store(0, i, bits);
      return judged(simulation, numerics).mismatches == 0;
    };
    CHECK(passes(nearer));
    CHECK(passes(farther));
    CHECK_FALSE(passes(farther + 1));
    CHECK_FALSE(passes(nearer - 1));
    simulation.store(0, i, original);
  }
  CHECK(judged(simulation, numerics).mismatches == 0);
}

TEST_CASE("infinity is right exactly where rounding gives it") {
  Simulation largest = one_sum(2047, 32, OutputType::f16);  // 65504
  CHECK(accepts(largest, 0x7BFF));
  CHECK_FALSE(accepts(largest, 0x7C00));
  Simulation tie = one_sum(4095, 16, OutputType::f16);  // 65520: to even is to infinity
  CHECK(accepts(tie, 0x7C00));
  CHECK_FALSE(accepts(tie, 0x7BFF));
  CHECK_FALSE(accepts(tie, 0xFC00));
  CHECK_FALSE(accepts(tie, 0x7C01));
  Simulation rounded_tie = one_sum(16, 4095, OutputType::f16);  // an fp32 rounding may come before
  CHECK(accepts(rounded_tie, 0x7C00));
  CHECK(accepts(rounded_tie, 0x7BFF));
}

TEST_CASE("exact sums leave one right value, ties included") {
  Simulation tie = one_sum(2049, 1, OutputType::f16);  // between 2048 and 2050
  CHECK(accepts(tie, 0x6800));
  CHECK_FALSE(accepts(tie, 0x6801));
  Simulation fp32 = one_sum(4095, 0.1f, OutputType::f32);
  const uint32_t nearest = std::bit_cast<uint32_t>(static_cast<float>(4095 * double{0.1f}));
  CHECK(accepts(fp32, nearest));
  CHECK_FALSE(accepts(fp32, nearest + 1));
  CHECK_FALSE(accepts(fp32, nearest - 1));
}

TEST_CASE("an error without any bound to explain it exceeds the bound, and is not lost") {
  // The tie goes to even; the other neighbour is as near, so that nothing is left beyond the rounding.
  Simulation tie = one_sum(2049, 1, OutputType::f16);
  tie.store(0, 0, 0x6801);
  for (const Verdict& verdict : {judged(tie), judge_sample(tie.view, kPerBlock, {}, 1, 1)}) {
    CHECK(verdict.status == Status::failed);
    CHECK(verdict.max_ulps == 1);
    CHECK(verdict.max_error_over_bound > 1);
  }
  // Nor is one where infinity is right, or next to the largest number.
  Simulation infinite = one_sum(4095, 32, OutputType::f16);  // 131040
  Simulation largest = one_sum(2047, 32, OutputType::f16);   // 65504
  for (const uint32_t wrong : {0x7BFEu, 0x7E00u, 0xFC00u, 0u}) {
    for (Simulation* simulation : {&infinite, &largest}) {
      simulation->store(0, 0, wrong);
      CAPTURE(wrong);
      CHECK(judged(*simulation).max_error_over_bound > 1);
    }
  }
}

TEST_CASE("NaN is right exactly where a scale is NaN, and required there") {
  Simulation simulation(one_group(3, 4, 64), kFills[0], 3);
  run_model(simulation, add_blocks);
  CHECK(judged(simulation).mismatches == 0);
  const uint32_t right = load_bits(simulation.view.groups[0].c, 5, OutputType::f16);
  simulation.store(0, 5, 0x7E00);
  CHECK(judged(simulation).mismatches == 1);
  CHECK(std::isinf(judged(simulation).max_ulps));
  simulation.store(0, 5, right);

  // A NaN scale in row 2 of b2 makes column 2 NaN.
  test::set_scale(simulation.operands.groups[0].b2, 0, 2, 1, nvfp4::kUe4m3Nan);
  simulation.refresh_reference();
  const Verdict missing = judged(simulation);
  CHECK(missing.mismatches == 3);
  CHECK(missing.exact_nan == 3);
  CHECK(missing.reason.find("expected NaN") != std::string::npos);
  CHECK(std::isinf(missing.max_error_over_bound));
  for (const int64_t i : {2, 6, 10}) simulation.store(0, i, i == 2 ? 0xFFFF : 0x7C01);
  CHECK(judged(simulation).mismatches == 0);
}

/// What a sound kernel makes of a generated problem, but for group 1: there `wrong` replaces the value of
/// every element whose correctly rounded value is zero, or of every other one.
Verdict judged_with_wrong_group(const Problem& problem, const Numerics& numerics, bool zeros, float wrong) {
  const data::Operands operands = data::generate(problem, 1);
  ProblemView view = data::view(problem, operands);
  const Reference reference = compute_reference(view, 1);
  data::OutputImage outputs(problem);
  outputs.attach(view);
  int64_t written = 0;
  for (size_t g = 0; g < view.groups.size(); ++g) {
    const GroupView& group = view.groups[g];
    const GroupReference& exact = reference.groups[g];
    const Epilogue epilogue{problem.op, problem.output, numerics.silu, group.alpha1, group.alpha2};
    for (size_t i = 0; i < exact.acc1.size(); ++i) {
      uint32_t bits = round_to_bits(exact_output(epilogue, exact.acc1[i], exact.acc2[i]), problem.output);
      if (g == 1 && (ordinal(bits, problem.output) == 0) == zeros) {
        bits = round_to_bits(wrong, problem.output);
        ++written;
      }
      if (problem.output == OutputType::f32) {
        static_cast<uint32_t*>(group.c)[i] = bits;
      } else {
        static_cast<uint16_t*>(group.c)[i] = static_cast<uint16_t>(bits);
      }
    }
  }
  REQUIRE(written > 1000);
  const Verdict verdict = judge(view, reference, numerics, {});
  CHECK(verdict.mismatches == written);
  return verdict;
}

TEST_CASE("a wrong value fails however large the gates are") {
  Problem problem;
  problem.fill = "exact_full";
  problem.output = OutputType::f32;
  problem.groups = {{40, 64, 256, 1, {}, {}}, {64, 64, 256, 1, 0x1p60f, 8.6e-19f}};
  for (const SiluTier tier : kSiluTiers) {
    const Numerics numerics{Accumulator::unknown_fp32, tier, true};
    CHECK(judged_with_wrong_group(problem, numerics, false, -7).status == Status::failed);
  }
}

TEST_CASE("a wrong value fails where the gate is far below zero and the output zero") {
  Problem problem;
  problem.fill = "full";
  problem.groups = {{32, 64, 64, 1, {}, {}}, {64, 64, 4096, 1, 0.9f, 0.9f}};
  for (const SiluTier tier : kSiluTiers) {
    const Numerics numerics{Accumulator::fp32_per_block, tier, true};
    CHECK(judged_with_wrong_group(problem, numerics, true, 100).status == Status::failed);
  }
}

TEST_CASE("both zeros are right where zero is, and a problem of zeros proves little") {
  const Fill zeros{"zeros", [](Random&) { return uint8_t{0}; }, [](Random&) { return nvfp4::kUe4m3One; }};
  Simulation simulation(one_group(4, 4, 64), zeros, 1);
  for (int64_t i = 0; i < 16; ++i) simulation.store(0, i, i % 2 == 0 ? 0x8000 : 0);
  const Verdict verdict = judged(simulation);
  CHECK(verdict.mismatches == 0);
  CHECK(verdict.exact_zero == 16);
  CHECK(verdict.status == Status::mistrusted);
  CHECK(verdict.reason.find("zero") != std::string::npos);
  CHECK_FALSE(accepts(simulation, 1));
}

TEST_CASE("a saturated problem and one with wide intervals prove little") {
  Problem problem = one_group(8, 8, 1024);
  problem.groups[0].alpha2 = 1e12f;
  Simulation saturated(problem, kFills[0], 5);
  run_model(saturated, add_blocks);
  CHECK(judged(saturated).status == Status::mistrusted);
  CHECK(judged(saturated).reason.find("infinite") != std::string::npos);

  Simulation wide(one_group(8, 8, 4096), kFills[1], 5);
  for (int64_t i = 0; i < 64; ++i) {
    const GroupReference& exact = wide.reference.groups[0];
    wide.view.groups[0].alpha1 = wide.view.groups[0].alpha2 = 1e-8f;
    wide.store(
        0, i,
        round_to_bits(exact_output({Op::dual_gemm_silu, OutputType::f16, SiluTier::accurate, 1e-8f, 1e-8f},
                                   exact.acc1[i], exact.acc2[i]),
                      OutputType::f16));
  }
  CHECK(judged(wide, {Accumulator::unknown_fp32, SiluTier::approx, true}).wide > 32);
  CHECK(judged(wide).wide < 32);
}

TEST_CASE("a sound kernel on realistic data is trusted") {
  for (const int64_t k : {256, 2048, 7168}) {
    for (const OutputType output : {OutputType::f16, OutputType::bf16, OutputType::f32}) {
      Simulation simulation(one_group(8, 16, k, output), kFills[0], 9);
      run_model(simulation, add_blocks);
      const Verdict verdict = judged(simulation);
      CAPTURE(k, to_string(output), verdict.reason, verdict.wide);
      CHECK(verdict.status == Status::passed);
      CHECK(verdict.reason.empty());
    }
  }
}

TEST_CASE("one element that was never written is seen with either poison") {
  const auto output = GENERATE(OutputType::f16, OutputType::bf16, OutputType::f32);
  for (const uint32_t poison : {data::nan_poison(output), data::finite_poison(output)}) {
    Simulation simulation(one_group(5, 7, 256, output), kFills[0], 11);
    run_model(simulation, add_blocks);
    simulation.store(0, 17, poison);
    JudgeOptions options;
    options.poison = poison;
    const Verdict verdict = judged(simulation, kPerBlock, options);
    CHECK(verdict.status == Status::failed);
    CHECK(verdict.unwritten == 1);
    REQUIRE(verdict.first.size() == 1);
    CHECK(verdict.first[0].m == 2);
    CHECK(verdict.first[0].n == 3);
    const Verdict sampled = judge_sample(simulation.view, kPerBlock, options, 4, 1);
    CHECK(sampled.status == Status::failed);
    CHECK(sampled.unwritten == 1);
  }
}

TEST_CASE("where no poison is known, wrong zeros are wrong and not unwritten") {
  Simulation simulation(one_group(5, 7, 256), kFills[0], 11);
  run_model(simulation, add_blocks);
  for (int64_t i = 0; i < 5 * 7; ++i) simulation.store(0, i, 0);
  for (const Verdict& verdict : {judged(simulation), judge_sample(simulation.view, kPerBlock, {}, 35, 1)}) {
    CHECK(verdict.status == Status::failed);
    CHECK(verdict.unwritten == 0);
    CHECK(verdict.reason.find("never written") == std::string::npos);
  }
}

TEST_CASE("a problem without elements passes, and says nothing") {
  Simulation simulation(one_group(0, 8, 64), kFills[0], 1);
  for (const Verdict& verdict : {judged(simulation), judge_sample(simulation.view, kPerBlock, {}, 10, 1)}) {
    CHECK(verdict.status == Status::passed);
    CHECK(verdict.reason.empty());
    CHECK(verdict.elements == 0);
  }
}

TEST_CASE("a sample of a sound kernel's output passes, and of a wrong one fails") {
  Problem problem = one_group(6, 20, 512);
  problem.groups.push_back({3, 5, 64, 3, {}, {}});
  Simulation simulation(problem, kFills[0], 13);
  run_model(simulation, add_blocks);
  const Verdict sound = judge_sample(simulation.view, kPerBlock, {}, 50, 1);
  CHECK(sound.status == Status::passed);
  CHECK(sound.checked == 100 + 45);  // a share of each group, and so many at least
  CHECK(judge_sample(simulation.view, kPerBlock, {}, 1000, 1).checked == 6 * 20 + 3 * 5 * 3);
  for (int64_t i = 0; i < 120; ++i) simulation.store(0, i, 0x3C00);
  CHECK(judge_sample(simulation.view, kPerBlock, {}, 50, 1).status == Status::failed);
}

/// Five groups alike but for one, 200 elements each, and what both ways of judging say of a right kernel.
std::vector<Verdict> judged_with_odd_group(const Group& odd, const Numerics& numerics,
                                           bool sums_proven = false) {
  Problem problem;
  problem.groups.assign(5, {10, 20, 64, 1, {}, {}});
  problem.groups[3] = odd;
  Simulation simulation(problem, kFills[0], 29);
  run_model(simulation, add_blocks);
  JudgeOptions options;
  options.sums_proven = sums_proven;
  return {judged(simulation, numerics, options), judge_sample(simulation.view, numerics, options, 300, 1)};
}

TEST_CASE("a group that proves little makes the problem mistrusted, by name") {
  const Numerics loose{Accumulator::unknown_fp32, SiluTier::accurate, true};
  const Group plain{10, 20, 64, 1, {}, {}};
  const Group wide{10, 20, 4096, 1, 0x1p-4f, 0x1p-4f};
  const Group zero{10, 20, 64, 1, 1e-6f, 1e-6f};
  for (const Verdict& verdict : judged_with_odd_group(plain, loose)) CHECK(verdict.status == Status::passed);
  for (const Verdict& verdict : judged_with_odd_group(wide, loose)) {
    CHECK(verdict.status == Status::mistrusted);
    CHECK(verdict.reason.starts_with("the match proves little in group 3: "));
    CHECK(verdict.reason.find("neighbouring values") != std::string::npos);
  }
  for (const Verdict& verdict : judged_with_odd_group(zero, loose)) {
    CHECK(verdict.status == Status::mistrusted);
    CHECK(verdict.reason.starts_with(
        "the match proves little in group 3: 100 % of the outputs are expected to be "
        "zero; "));
  }
  for (const Verdict& verdict : judged_with_odd_group(wide, loose, true)) {
    CHECK(verdict.status == Status::passed);
    CHECK(verdict.wide >= 100);  // still reported
  }
  for (const Verdict& verdict : judged_with_odd_group(zero, loose, true))
    CHECK(verdict.status == Status::mistrusted);  // sums are not what is doubted
}

TEST_CASE("a sample has a share of every group, and places that differ") {
  Problem problem;
  problem.groups = {
      {200, 50, 16, 1, {}, {}}, {0, 5, 16, 1, {}, {}}, {3, 5, 16, 2, {}, {}}, {1, 150, 16, 1, {}, {}}};
  const Simulation simulation(problem, kFills[0], 1);
  const std::vector<Place> places = sample_places(simulation.view, 1000, 7);
  std::vector<int64_t> in_group(4);
  for (size_t i = 0; i < places.size(); ++i) {
    const Place& place = places[i];
    const Group& group = problem.groups[place.group];
    ++in_group[place.group];
    CHECK((place.row >= 0 && place.row < group.l * group.m && place.n >= 0 && place.n < group.n));
    if (i > 0) CHECK(places[i - 1] < place);
  }
  CHECK(in_group == std::vector<int64_t>{983, 0, 30, 100});
  CHECK(places == sample_places(simulation.view, 1000, 7));
  CHECK(places != sample_places(simulation.view, 1000, 8));
}

TEST_CASE("findings are in order and the same for any number of threads") {
  Problem problem = one_group(40, 30, 256);
  problem.groups.push_back({0, 30, 64, 1, {}, {}});
  problem.groups.push_back({7, 9, 256, 2, {}, {}});
  Simulation simulation(problem, kFills[0], 17);
  run_model(simulation, add_blocks);
  for (int64_t i = 61; i < 1200; i += 13) simulation.store(0, i, 0x3C00);
  for (int64_t i = 0; i < 7 * 9 * 2; ++i) simulation.store(2, i, 0);
  JudgeOptions options;
  options.keep = 200;
  const Verdict one = judged(simulation, kPerBlock, options);
  CHECK(one.status == Status::failed);
  CHECK(one.reason.find("first at group 0, l 0, m 2, n 1:") != std::string::npos);
  options.threads = 4;
  const Verdict four = judged(simulation, kPerBlock, options);
  CHECK(four.reason == one.reason);
  CHECK(four.mismatches == one.mismatches);
  CHECK(four.max_error_over_bound == one.max_error_over_bound);
  CHECK(four.max_ulps == one.max_ulps);
  REQUIRE(four.first.size() == one.first.size());
  for (size_t i = 0; i < one.first.size(); ++i) {
    const Mismatch &x = one.first[i], &y = four.first[i];
    CHECK(std::tie(x.group, x.l, x.m, x.n, x.got, x.low, x.high) ==
          std::tie(y.group, y.l, y.m, y.n, y.got, y.low, y.high));
    if (i == 0) continue;
    const Mismatch& before = one.first[i - 1];
    CHECK(std::tie(before.group, before.l, before.m, before.n) < std::tie(x.group, x.l, x.m, x.n));
  }
}

TEST_CASE("where not every suspect is settled, the number of mismatches is called a lower bound") {
  Problem problem = one_group(4, 256, 4096);
  Simulation simulation(problem, kFills[0], 23);
  run_model(simulation, add_blocks);
  // One place off: too little for the cheap bound to reject, so only some get the tight one.
  for (int64_t i = 0; i < 4 * 256; ++i) {
    simulation.store(0, i, load_bits(simulation.view.groups[0].c, i, OutputType::f16) ^ 1);
  }
  const Verdict hopeless = judged(simulation);
  CHECK(hopeless.more_mismatches);
  CHECK(hopeless.mismatches < 4 * 256);
  CHECK(hopeless.reason.starts_with("at least "));

  // As many suspects, none of them wrong.
  const Numerics loose{Accumulator::unknown_fp32, SiluTier::approx, true};
  const GroupRules rules(simulation.view, simulation.view.groups[0], loose);
  const GroupReference& exact = simulation.reference.groups[0];
  ElementRows rows;
  for (int64_t i = 0; i < 4 * 256; ++i) {
    rows.unpack_a(rules, i / 256);
    rows.unpack_b(rules, i / 256, i % 256);
    const Bounded bounded = bound_element(rules, rows, exact.acc1[i], exact.acc2[i]);
    simulation.store(0, i, AcceptedInterval(bounded, OutputType::f16).high_bits);
  }
  const Verdict sound = judged(simulation, loose);
  CHECK(sound.max_ulps > 0);
  CHECK(sound.mismatches == 0);
  CHECK_FALSE(sound.more_mismatches);
}

/// Share of the elements of a wrong output that fail.
double detected(Simulation& simulation, const Accumulate& accumulate) {
  run_model(simulation, accumulate);
  const Verdict verdict = judged(simulation);
  return static_cast<double>(verdict.mismatches) / static_cast<double>(verdict.checked);
}

TEST_CASE("small faults in long sums show in most single elements") {
  Problem problem = one_group(16, 32, 7168);
  problem.groups[0].alpha1 = problem.groups[0].alpha2 = 0x1p-4f;  // keeps silu away from its flat half
  Simulation simulation(problem, kFills[0], 19);
  // One 16-block of 448 lost, in the sum of either product.
  const double lost_block = detected(simulation, [](UnpackedRow a, const UnpackedRow& b) {
    a.scales[300] = 0;
    return add_blocks(a, b);
  });
  // One code of 7168 off by one step.
  const double one_code = detected(simulation, [](UnpackedRow a, const UnpackedRow& b) {
    a.codes[3000] = static_cast<int16_t>(a.codes[3000] + (a.codes[3000] == 3 ? -1 : 1));
    return add_blocks(a, b);
  });
  CAPTURE(lost_block, one_code);
  CHECK(lost_block > 0.9);
  CHECK(one_code > 0.7);
}

}  // namespace
}  // namespace nvfp4bench::validate
