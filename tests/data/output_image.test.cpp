#include "data/output_image.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "catch.hpp"
#include "data/poison.hpp"

namespace nvfp4bench::data {
namespace {

Problem three_groups(OutputType output) {
  Problem problem;
  problem.output = output;
  problem.groups.resize(3);
  const int64_t sizes[3][3] = {{3, 5, 2}, {0, 5, 1}, {300, 999, 1}};  // the second is empty
  for (size_t g = 0; g < 3; ++g) {
    problem.groups[g].m = sizes[g][0];
    problem.groups[g].n = sizes[g][1];
    problem.groups[g].k = 16;
    problem.groups[g].l = sizes[g][2];
  }
  return problem;
}

ProblemView attached(const Problem& problem, OutputImage& outputs) {
  ProblemView view{problem.op, problem.output, std::vector<GroupView>(problem.groups.size())};
  outputs.attach(view);
  return view;
}

TEST_CASE("guards notice one byte written on either side of any group's output") {
  const Problem problem = three_groups(GENERATE(OutputType::f16, OutputType::bf16, OutputType::f32));
  OutputImage outputs(problem);
  const ProblemView view = attached(problem, outputs);
  for (size_t g = 0; g < problem.groups.size(); ++g) {
    const Group& group = problem.groups[g];
    const int64_t size = group.l * group.m * group.n * bytes_per_element(problem.output);
    auto* c = static_cast<uint8_t*>(view.groups[g].c);
    for (const int64_t at : {int64_t{-1}, int64_t{-4096}, size, size + 4095}) {
      outputs.poison(nan_poison(problem.output));
      REQUIRE(outputs.damage().empty());
      c[at] = 0;
      CAPTURE(at, outputs.damage());
      CHECK(outputs.damage().find("group " + std::to_string(g)) != std::string::npos);
      CHECK(outputs.damage().find(at < 0 ? "before" : "past") != std::string::npos);
    }
  }
}

TEST_CASE("writing every element leaves the guards intact and no poison behind") {
  const Problem problem = three_groups(OutputType::bf16);
  OutputImage outputs(problem);
  const ProblemView view = attached(problem, outputs);
  const uint32_t pattern = GENERATE(nan_poison(OutputType::bf16), finite_poison(OutputType::bf16));
  outputs.poison(pattern);
  auto* c = static_cast<uint16_t*>(view.groups[2].c);
  for (int64_t i = 0; i < 300 * 999; ++i) {
    REQUIRE(holds_poison(c, i, problem.output, pattern));
    c[i] = 0;
  }
  CHECK(outputs.damage().empty());
}

TEST_CASE("an image in given memory is the same image") {
  const Problem problem = three_groups(OutputType::f16);
  OutputImage outputs(problem);
  outputs.poison(finite_poison(problem.output));
  OutputImage other(problem, outputs.memory());
  CHECK(other.damage().empty());
  auto* const here = static_cast<uint8_t*>(attached(problem, outputs).groups[2].c);
  CHECK(attached(problem, other).groups[2].c == here);
  const uint8_t before = *here;
  other.poison(0);
  CHECK(*here != before);
  CHECK_THROWS_AS(OutputImage(problem, outputs.memory().first(64)), std::invalid_argument);
}

}  // namespace
}  // namespace nvfp4bench::data
