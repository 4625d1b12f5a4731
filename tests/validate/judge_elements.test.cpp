#include "validate/judge_elements.hpp"

#include "catch.hpp"
#include "data/poison.hpp"
#include "simulated.hpp"

namespace nvfp4bench::validate {
namespace {

constexpr Numerics kPerBlock{Accumulator::fp32_per_block, SiluTier::accurate, true};

Problem two_groups() {
  Problem problem;
  problem.output = OutputType::f16;
  problem.groups = {{.m = 5, .n = 12, .k = 256, .l = 2}, {.m = 3, .n = 8, .k = 64}};
  return problem;
}

struct Judged {
  Simulation simulation{two_groups(), kFills[1], 3};
  std::vector<Place> places = sample_places(simulation.view, 1000, 0);  // all
  Judged() { run_model(simulation, add_blocks); }

  Verdict judge(std::span<const ExactElement> elements, JudgeOptions options = {}) {
    return judge_elements(simulation.view, elements, kPerBlock, options);
  }
};

TEST_CASE("exact elements are those of the reference") {
  Judged judged;
  const std::vector<ExactElement> computed = compute_exact_elements(judged.simulation.view, judged.places, 2);
  REQUIRE(computed.size() == 144);
  for (const ExactElement& element : computed) {
    const ExactElement known =
        exact_element(judged.simulation.view, judged.simulation.reference, element.place);
    CHECK(element.sum1 == known.sum1);
    CHECK(element.sum2 == known.sum2);
    CHECK(element.nan == known.nan);
  }
}

TEST_CASE(
    "right elements pass, a wrong one fails and is named, and one that is not looked at counts for nothing") {
  Judged judged;
  const std::vector<ExactElement> elements = compute_exact_elements(judged.simulation.view, judged.places, 1);
  const Verdict right = judged.judge(elements);
  CHECK(right.status == Status::passed);
  CHECK(right.checked == 144);

  judged.simulation.store(1, 2 * 8 + 5,
                          load_bits(judged.simulation.view.groups[1].c, 21, OutputType::f16) ^ 0x40);
  const Verdict wrong = judged.judge(elements);
  CHECK(wrong.status == Status::failed);
  CHECK(wrong.mismatches == 1);
  REQUIRE(wrong.first.size() == 1);
  CHECK(wrong.first[0].group == 1);
  CHECK(wrong.first[0].m == 2);
  CHECK(wrong.first[0].n == 5);
  CHECK(judged.judge(std::span(elements).first(120)).status == Status::passed);
}

TEST_CASE("elements that still hold the poison count as unwritten") {
  Judged judged;
  const std::vector<ExactElement> elements = compute_exact_elements(judged.simulation.view, judged.places, 1);
  const uint32_t poison = data::finite_poison(OutputType::f16);
  judged.simulation.outputs.poison(poison);
  const Verdict verdict = judged.judge(elements, {.poison = poison});
  CHECK(verdict.status == Status::failed);
  CHECK(verdict.unwritten == 144);
}

}  // namespace
}  // namespace nvfp4bench::validate
