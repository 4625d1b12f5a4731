#include "data/output_image.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <random>
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

TEST_CASE("words to watch are of outputs, from all over them, and drawn anew") {
  const Problem problem = three_groups(GENERATE(OutputType::f16, OutputType::f32));
  OutputImage outputs(problem);
  const ProblemView view = attached(problem, outputs);
  std::mt19937_64 random(1);
  const std::vector<std::size_t> words = outputs.draw_words(random, 100);
  CHECK(words.size() == 100);
  CHECK(std::is_sorted(words.begin(), words.end()));
  CHECK(std::adjacent_find(words.begin(), words.end()) == words.end());
  CHECK(words != outputs.draw_words(random, 100));
  const auto* const c = static_cast<const uint8_t*>(view.groups[2].c);
  const int64_t bytes = 300 * 999 * bytes_per_element(problem.output);
  for (std::size_t i = 1; i < words.size(); ++i) {  // the first may be of the first group
    const int64_t at = outputs.memory().data() + words[i] - c;
    CHECK(at >= static_cast<int64_t>(i - 1) * bytes / 100);
    CHECK(at <= static_cast<int64_t>(i + 1) * bytes / 100);
  }
}

TEST_CASE("every word is watched where they are few, and none where there are none") {
  Problem problem = three_groups(OutputType::f16);
  problem.groups[2].m = 0;
  OutputImage outputs(problem);
  std::mt19937_64 random(1);
  CHECK(outputs.draw_words(random, 100).size() == 3 * 5 * 2 / 2);
  problem.groups[0].m = 0;
  CHECK(OutputImage(problem).draw_words(random, 100).empty());
}

TEST_CASE("what is seen is what was there at the last look") {
  const Problem problem = three_groups(OutputType::f32);
  OutputImage outputs(problem);
  const ProblemView view = attached(problem, outputs);
  auto* const c = static_cast<float*>(view.groups[2].c);
  const auto at = static_cast<std::size_t>(reinterpret_cast<uint8_t*>(c) - outputs.memory().data());
  outputs.watch({at, at + 4});
  c[0] = 1;
  c[1] = 2;
  outputs.look();
  c[1] = 3;
  CHECK(outputs.seen() ==
        std::vector<uint32_t>{std::bit_cast<uint32_t>(1.0F), std::bit_cast<uint32_t>(2.0F)});
  CHECK(outputs.word(at + 4) == std::bit_cast<uint32_t>(3.0F));
}

}  // namespace
}  // namespace nvfp4bench::data
