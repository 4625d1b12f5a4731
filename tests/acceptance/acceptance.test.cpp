// The command line, with wrong kernels and with right ones.
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include "catch.hpp"
#include "gpu.hpp"

namespace nvfp4bench {
namespace {

struct Outcome {
  int exit_code = -1;
  std::string output;
};

/// One run on the smoke set.
Outcome run(const std::string& options) {
  const std::string command = NVFP4BENCH_WRONG_BINARY " --config " NVFP4BENCH_SOURCE_DIR
                                                      "/configs/smoke.json --check-only --threads 2 " +
                              options + " 2>/dev/null";
  Outcome outcome;
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  char buffer[4096];
  for (size_t size; (size = fread(buffer, 1, sizeof buffer, pipe)) > 0;) outcome.output.append(buffer, size);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  return outcome;
}

Outcome check(const std::string& variants) { return run("--variants '" + variants + "'"); }

bool contains(const Outcome& outcome, std::string_view text) {
  return outcome.output.find(text) != std::string::npos;
}

using Statuses = std::vector<std::string>;

/// What became of a variant, problem after problem, in a JSON report.
Statuses statuses_of(const std::string& variant, const nlohmann::json& report) {
  Statuses found;
  for (const auto& problem : report.at("problems")) {
    for (const auto& result : problem.at("variants")) {
      if (result.at("variant") == variant) found.push_back(result.at("status"));
    }
  }
  return found;
}

TEST_CASE("every wrong variant fails the smoke set, and the exit code says so") {
  const char* name = GENERATE("gemm_only", "swapped_b1_b2", "swapped_nibbles", "linear_scales",
                              "last_k_tile_lost", "one_element_skipped", "nan_everywhere", "writes_outside");
  const Outcome outcome = check(std::string("wrong/") + name);
  INFO(name);
  INFO(outcome.output);
  CHECK(outcome.exit_code == 1);
  CHECK(contains(outcome, "failed"));
  CHECK_FALSE(contains(outcome, "passed"));
}

TEST_CASE("a variant that throws is an error of its own, and the others still run") {
  const Outcome outcome = check("wrong/throws,cpu/two_pass");
  INFO(outcome.output);
  CHECK(outcome.exit_code == 1);
  CHECK(contains(outcome, "errored"));
  CHECK(contains(outcome, "out of patience"));
  CHECK(contains(outcome, "passed"));
}

/// Two problems, of which the first loses the GPU to `wrong`: the CPU's results are there for both, and what
/// would need the GPU after it says why it is not.
Outcome lose_gpu(const std::string& wrong) {
  test::need_gpu();
  const Outcome outcome =
      run("--problem ragged,batched_bf16 --variants 'cpu/two_pass," + wrong + "' --json -");
  INFO(outcome.output);
  CHECK(outcome.exit_code == 1);
  const auto report = nlohmann::json::parse(outcome.output);
  CHECK(statuses_of("cpu/two_pass", report) == Statuses{"passed", "passed"});
  CHECK(statuses_of(wrong, report) == Statuses{"errored", "skipped"});
  CHECK(contains(outcome, "\"the GPU was lost in " + wrong + "\""));
  return outcome;
}

TEST_CASE("a kernel that faults is an error of its own, and the results of others are kept", "[gpu]") {
  const Outcome outcome = lose_gpu("wrong/gpu_faults");
  CHECK(contains(outcome, "cudaErrorIllegalAddress"));
}

TEST_CASE("a kernel that hangs is an error of its own, and the results of others are kept", "[gpu]") {
  const Outcome outcome = lose_gpu("wrong/gpu_hangs");
  CHECK(contains(outcome, "hangs"));
}

}  // namespace
}  // namespace nvfp4bench
