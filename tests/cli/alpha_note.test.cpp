#include "cli/alpha_note.hpp"

#include <fmt/format.h>

#include "catch.hpp"
#include "data/fill.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::cli;

namespace {

Problem problem_with(const char* fill, std::optional<float> alpha) {
  Problem problem;
  problem.name = std::string("p");
  problem.fill = fill;
  problem.groups = {{.m = 8, .n = 8, .k = 4096, .alpha1 = alpha}};
  return problem;
}

}  // namespace

TEST_CASE("where a fill calibrates the alphas, the plan shows to what") {
  const std::string calibrated = fmt::format("{:.3g}", data::find_fill("gauss")->default_alpha(4096));
  CHECK(alpha_note(problem_with("gauss", {})) == fmt::format("{}, as fill gauss has it", calibrated));
  CHECK(alpha_note(problem_with("gauss", 0.02f)) ==
        fmt::format("{0}, as fill gauss has it; 0.02 as given, in place of {0} as fill gauss has it",
                    calibrated));
  CHECK(alpha_note(problem_with("gpumode", {})) == "1, as fill gpumode has it");
  CHECK(alpha_note(problem_with("given", 0.5f)).empty());
}

TEST_CASE("an alpha far from what its fill calibrates to is warned of") {
  const float calibrated = data::find_fill("gauss")->default_alpha(4096);
  CHECK(alpha_warning(problem_with("gauss", {})).empty());
  CHECK(alpha_warning(problem_with("gauss", 2 * calibrated)).empty());
  CHECK(alpha_warning(problem_with("gauss", calibrated / 100)).find("mostly zero") != std::string::npos);
  CHECK(alpha_warning(problem_with("gauss", -calibrated * 100)).find("mostly saturated") !=
        std::string::npos);
  CHECK(alpha_warning(problem_with("gpumode", 0.001f)).empty());  // which calibrates nothing
  Problem wide = problem_with("gauss", calibrated * 100);
  wide.output = OutputType::f32;
  CHECK(alpha_warning(wide).empty());
}
