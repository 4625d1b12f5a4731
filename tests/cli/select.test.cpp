#include "cli/select.hpp"

#include "catch.hpp"
#include "cli/machine.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::cli;

namespace {

const kernels::Variant kGemm{.name = "cpu/gemm", .op = Op::gemm};
const kernels::Variant kTwoPass{.name = "cpu/two_pass"};
const kernels::Variant kHopper{.name = "sm90/two_pass", .on_gpu = true};
const kernels::Variant* const kAll[] = {&kGemm, &kTwoPass, &kHopper};

using Variants = std::vector<const kernels::Variant*>;

}  // namespace

TEST_CASE("what is excluded is left out, and must be there") {
  std::vector<std::string> warnings;
  CHECK(select_variants(kAll, {}, {"cpu/gemm"}, false, warnings) == Variants{&kTwoPass});
  CHECK(select_variants(kAll, {"*"}, {"cpu/*"}, false, warnings) == Variants{&kHopper});
  CHECK(warnings.empty());
  CHECK(select_variants(kAll, {}, {"sm100/*"}, false, warnings) == Variants{&kGemm, &kTwoPass});
  CHECK(warnings == std::vector<std::string>{"--exclude: 'sm100/*' matches no variant"});
  CHECK_THROWS_WITH(select_variants(kAll, {}, {"cpu/gem"}, false, warnings),
                    Catch::Matchers::StartsWith("--exclude: there is no variant 'cpu/gem' (did you mean"));
}

TEST_CASE("a GPU that no variant can run on leaves the run to the CPU") {
  kernels::Variant hopper = kHopper;
  hopper.why_not = [](const kernels::Variant&, const Problem&, const kernels::Machine& machine) {
    return std::string(machine.gpu->capability < 90 ? "needs compute capability 9.0" : "");
  };
  const kernels::Variant* const all[] = {&kTwoPass, &hopper};
  kernels::Machine machine;
  CHECK_FALSE(runs_on_gpu(all, machine));
  machine.gpu = Device{.capability = 80};
  CHECK_FALSE(runs_on_gpu(all, machine));
  machine.gpu->capability = 90;
  CHECK(runs_on_gpu(all, machine));
}

TEST_CASE("without globs, variants of the GPU are selected where there is one, and of the CPU where not") {
  std::vector<std::string> warnings;
  CHECK(select_variants(kAll, {}, {}, false, warnings) == Variants{&kGemm, &kTwoPass});
  CHECK(select_variants(kAll, {}, {}, true, warnings) == Variants{&kHopper});
}

TEST_CASE("globs select in registry order, each variant once") {
  std::vector<std::string> warnings;
  CHECK(select_variants(kAll, {"*/two_pass", "cpu/*"}, {}, false, warnings) ==
        Variants{&kGemm, &kTwoPass, &kHopper});
  CHECK(select_variants(kAll, {"sm90/two_pass"}, {}, false, warnings) == Variants{&kHopper});
  CHECK(warnings.empty());
}

TEST_CASE("a glob that matches nothing warns, a name that does not exist is an error with the nearest one") {
  std::vector<std::string> warnings;
  CHECK(select_variants(kAll, {"sm100/*"}, {}, false, warnings).empty());
  CHECK(warnings == std::vector<std::string>{"--variants: 'sm100/*' matches no variant"});
  try {
    select_variants(kAll, {"cpu/two_pas"}, {}, false, warnings);
    FAIL("no error");
  } catch (const UsageError& error) {
    CHECK(std::string(error.what()).find("did you mean 'cpu/two_pass'?") != std::string::npos);
  }
}

TEST_CASE("problems are selected by name and glob out of all sets, in their order") {
  const auto selected = [](std::vector<std::string> names) {
    std::vector<std::string> found;
    for (const Problem& problem :
         load_problems({.configs = {"smoke", "correctness"}, .names = std::move(names)}))
      found.push_back(problem.name);
    return found;
  };
  using Names = std::vector<std::string>;
  CHECK(selected({"batched_bf16"}) == Names{"batched_bf16"});
  CHECK(selected({"k16*", "ragged", "k16"}) == Names{"ragged", "k16", "k16_gemm"});
  CHECK(selected({}).size() > 10);
}

TEST_CASE("a problem that no set has is an error with the nearest one and what there is") {
  const auto error_of = [](std::vector<std::string> configs, std::string name) -> std::string {
    try {
      load_problems({.configs = std::move(configs), .names = {"*", std::move(name)}});
    } catch (const UsageError& error) {
      return error.what();
    }
    return "no error";
  };
  CHECK(error_of({"smoke"}, "raged") ==
        "--problem: there is no problem 'raged' (did you mean 'ragged'?); there are ragged, empty_group, "
        "batched_bf16, scaled_f32, single_gemm, single_gemm_f32");
  CHECK(error_of({"smoke"}, "edge_*")
            .starts_with("--problem: there is no problem 'edge_*'; there are ragged,"));
  CHECK(error_of({"smoke", "correctness"}, "x").ends_with(", dual_test_3, dual_test_4 and 35 more"));
}

TEST_CASE("seed and fill override every problem of every set") {
  const std::vector<Problem> problems = load_problems(
      {.configs = {NVFP4BENCH_SOURCE_DIR "/configs/smoke.json", "g2_k1536"}, .seed = 9, .fill = "ones"});
  CHECK(problems.size() > 1);
  for (const Problem& problem : problems) {
    CHECK(problem.seed == 9);
    CHECK(problem.fill == "ones");
  }
  CHECK_THROWS_AS(load_problems({.configs = {"g2_k1536"}, .fill = "gaus"}), UsageError);
}
