// What is written reads back, and nothing else does.
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "catch.hpp"
#include "record/results.hpp"
#include "sample_runs.hpp"
#include "temporary_directory.hpp"
#include "text/config_error.hpp"

using namespace nvfp4bench;

namespace {

const std::filesystem::path kBaseline =
    std::filesystem::path(NVFP4BENCH_SOURCE_DIR) / "configs/baselines/h200/results.json";

/// With everything that a GPU adds.
RunResult gpu_run() {
  RunResult run = timed_run();
  GpuResult& gpu = run.gpu.emplace();
  gpu.device.name = "NVIDIA H200";
  gpu.device.capability = 90;
  gpu.ceilings = Peak{"NVIDIA H200", 4.5e12, 9e14, "measured"};
  gpu.launch_floor_s = 2.5e-6;
  gpu.lost_in = "sm90/two_pass";
  VariantResult& v = run.problems[0].variants[1];
  v.on_gpu = true;
  v.method = Method::cold_graph;
  std::array<uint8_t, 32> order{};
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<uint8_t>(31 - i);
  v.numerics = {Accumulator::hopper_fp16_k16, SiluTier::approx, false, order};
  Summary clock{.tag = std::string(kSmClockTag), .title = "SM clock", .unit = Unit::hertz, .value = 1.98e9};
  clock.note = "held down by power cap";
  clock.detail = true;
  v.summaries = {clock};
  return run;
}

/// The results of gpu_run() with one piece of their text replaced, read.
std::string error_of(const std::string& from, const std::string& to) {
  std::string json = record::results_json(gpu_run());
  REQUIRE(json.find(from) != std::string::npos);
  json.replace(json.find(from), from.size(), to);
  try {
    record::parse_results(json, "r.json");
  } catch (const text::ConfigError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("results that are written read back as the same results") {
  for (const RunResult& run : {timed_run(), troubled_run(), gpu_run(), RunResult{}}) {
    const std::string written = record::results_json(run);
    CHECK(record::results_json(record::parse_results(written, "r.json")) == written);
  }
}

TEST_CASE("what only some runs have reads back too") {
  RunResult run = timed_run();
  run.sample_seed = 18446744073709551615u;
  run.problems[0].problem.pad_scales = PadScales::nan;
  const RunResult read = record::parse_results(record::results_json(run), "r.json");
  CHECK(read.sample_seed == run.sample_seed);
  CHECK(read.problems[0].problem.pad_scales == PadScales::nan);
  CHECK_FALSE(record::parse_results(record::results_json(timed_run()), "r.json").sample_seed);
}

TEST_CASE("the results of the H200 read back to the byte") {
  std::ifstream file(kBaseline);
  const std::string written{std::istreambuf_iterator<char>(file), {}};
  const RunResult run = record::read_results(kBaseline);
  CHECK(run.problems.size() == 9);
  CHECK(record::results_json(run) == written);
}

TEST_CASE("what cannot be written as such reads back as what it was") {
  RunResult troubled = troubled_run();
  troubled.problems[1].variants[0].verdict->first[0].got = -INFINITY;
  const RunResult run = record::parse_results(record::results_json(troubled), "r.json");
  const VariantResult& failed = run.problems.at(1).variants.at(0);
  CHECK(std::isinf(failed.verdict->max_ulps));
  CHECK(failed.verdict->first.at(0).got == -INFINITY);
  CHECK(std::isnan(failed.verdict->first.at(1).got));
  CHECK_FALSE(failed.timing);
  CHECK_FALSE(failed.method);
  CHECK(run.problems[1].variants[1].reason == "std::bad_alloc:\nasked for 1,024 bytes");
  CHECK(run.problems[1].variants[2].reason == "every element is zero");
  CHECK(run.problems[1].generate_s == 0);
  CHECK(*run.problems[1].problem.groups[0].alpha1 == 0.5F);
  CHECK_FALSE(run.problems[1].problem.groups[1].alpha1);

  const VariantResult v = record::parse_results(record::results_json(gpu_run()), "").problems[0].variants[1];
  CHECK(v.numerics.silu == SiluTier::approx);
  CHECK(v.numerics.step_order == gpu_run().problems[0].variants[1].numerics.step_order);
  CHECK(v.summaries.at(0).note == "held down by power cap");
}

TEST_CASE("a tree, a split K and what exact data have shown are kept, and left out where there are none") {
  CHECK(record::results_json(timed_run()).find("sum_tree") == std::string::npos);
  CHECK(record::results_json(timed_run()).find("split_k") == std::string::npos);
  CHECK(record::results_json(timed_run()).find("exact_sums") == std::string::npos);
  RunResult run = timed_run();
  VariantResult& v = run.problems[0].variants[1];
  v.numerics = {.accumulator = Accumulator::fp32_tree,
                .sum_tree = {SumTerm::block, 8, 2},
                .split_k = {.parts = 4, .step = 64}};
  v.exact_sums.emplace();
  v.exact_sums->checked = 17;
  const std::string written = record::results_json(run);
  const VariantResult read = record::parse_results(written, "r.json").problems[0].variants[1];
  CHECK(read.numerics.sum_tree == v.numerics.sum_tree);
  CHECK(read.numerics.split_k == v.numerics.split_k);
  CHECK(read.exact_sums->checked == 17);
  const auto refused = [&](std::string_view from, std::string_view to) {
    std::string json = written;
    json.replace(json.find(from), from.size(), to);
    CHECK_THROWS_AS(record::parse_results(json, "r.json"), text::ConfigError);
  };
  refused("\"lanes\": 8", "\"lanes\": 0");
  refused("\"step\": 64", "\"step\": 24");
  refused("\"parts\": 4", "\"parts\": 1");
  refused("\"term\": \"block\"", "\"term\": \"tile\"");
}

TEST_CASE("what follows from other fields is not taken from the file") {
  std::string json = record::results_json(timed_run());
  const std::string written = json;
  const std::string key = "\"speedup_vs_two_pass\": ";
  json.replace(json.find(key) + key.size(), 3, "7.0");
  REQUIRE(json != written);
  CHECK(record::results_json(record::parse_results(json, "r.json")) == written);
}

TEST_CASE("results of another version are refused in one line") {
  CHECK(error_of("\"schema_version\": 3", "\"schema_version\": 1, \"old\": []") ==
        "r.json: /schema_version: written in version 1, this program reads version 3");
  CHECK(error_of("\"schema_version\": 3", "\"schema_version\": \"2\"") ==
        "r.json: /schema_version: expected 3, got \"2\"");
}

TEST_CASE("what results_json would not write is refused with its place") {
  const std::string variant = "r.json: /problems/0/variants/1";
  CHECK(error_of("\"threads\": 2", "\"thread\": 2") == "r.json: /metadata: expected a key \"threads\"");
  CHECK(error_of("\"threads\": 2", "\"threads\": 2, \"fibers\": 3")
            .starts_with("r.json: /metadata: unknown key \"fibers\""));
  CHECK(error_of("\"threads\": 2", "\"threads\": 1e3") ==
        "r.json: /metadata/threads: expected an integer from -2147483648 to 2147483647, got 1000.0");
  CHECK(error_of("\"threads\": 2", "\"threads\": 9223372036854775808").find("expected an integer") !=
        std::string::npos);
  CHECK(error_of("\"interrupted\": false", "\"interrupted\": 0") ==
        "r.json: /interrupted: expected true or false, got 0");
  CHECK(error_of("\"bytes_per_s\": 4500000000000.0", "\"bytes_per_s\": \"fast\"") ==
        "r.json: /gpu/ceilings/bytes_per_s: expected a number, got \"fast\"");
  CHECK(error_of("\"flops_per_s\": 234", "\"flops_per_s\": {}, \"x\": 234")
            .starts_with("r.json: /problems/0/variants/0/flops_per_s: expected a number, got an object"));
  CHECK(error_of("\"method\": \"cold_graph\"", "\"method\": \"cold\"")
            .starts_with(variant + "/method: expected \"cold_wall\" or "));
  CHECK(error_of("\"unit\": \"hertz\"", "\"unit\": \"MHz\"")
            .starts_with(variant + "/summaries/0/unit: expected \"seconds\" or "));
  CHECK(error_of("\"tier\": \"approx\"", "\"tier\": \"approxx\"") ==
        variant + "/numerics/silu/tier: expected \"accurate\" or \"approx\", got \"approxx\"");
  CHECK(error_of(" 31,", " 30,") ==
        variant + "/numerics/step_order: expected every k of a chunk of whole steps once, got a list of 32");
  CHECK(error_of(" 30,", " 256,") ==
        variant + "/numerics/step_order/1: expected an integer from 0 to 255, got 256");
  CHECK(error_of("\"m\": 80", "\"m\": -1") ==
        "r.json: /problems/0/problem/groups/0/m: expected a size, got -1");
  CHECK(error_of("\"k\": 7168", "\"k\": 7167") ==
        "r.json: /problems/0/problem/groups/0/k: expected a multiple of 16, got 7167");
  CHECK(
      error_of("\"m\": 80", "\"m\": 4611686018427387904") ==
      "r.json: /problems/0/problem/groups: expected sizes whose bytes and flops fit 64 bits, got a list of 8");
  CHECK(error_of("\"name\": \"g8_k7168\"", "\"name\": \"../x\"") ==
        "r.json: /problems/0/problem/name: expected a name that a folder can have, got \"../x\"");
  CHECK(error_of("\"metadata\": {", "\"metadata\": 3, \"x\": {") ==
        "r.json: /metadata: expected an object, got 3");
  CHECK(error_of("\"variants\": [", "\"variants\": 3, \"x\": [") ==
        "r.json: /problems/0/variants: expected a list, got 3");
}

TEST_CASE("a file of results may be larger than a problem set, and has a limit of its own") {
  const std::string written = record::results_json(timed_run());
  const TemporaryDirectory directory;
  const std::filesystem::path file = directory.path() / "r.json";
  std::ofstream(file) << std::string(5 << 20, ' ') << written;
  CHECK(record::results_json(record::read_results(file)) == written);
  CHECK_THROWS_WITH(record::parse_results(written + std::string(64 << 20, ' '), "r.json"),
                    "r.json: larger than 64 MiB, which no result file needs");
}
