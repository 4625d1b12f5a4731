// The command line, with wrong kernels and with right ones.
#include <string>

#include "acceptance/run.hpp"
#include "catch.hpp"
#include "gpu.hpp"

namespace nvfp4bench {
namespace {

Outcome check(const std::string& variants) { return run("--variants '" + variants + "'"); }

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

TEST_CASE("a variant that skips all work is not green, whatever passes beside it") {
  const Outcome outcome =
      run("--problem 'all_empty,one_by_one' --variants wrong/refuses_work", "correctness");
  INFO(outcome.output);
  CHECK(outcome.exit_code == 77);
  CHECK(contains(outcome, "passed"));
  CHECK(contains(outcome, "nothing to compute"));
  CHECK(contains(outcome, "too much work"));
}

/// Two problems, of which the first loses the GPU to `wrong`.
Outcome lose_gpu(const std::string& wrong, const std::string& options) {
  test::need_gpu();
  return run("--problem ragged,batched_bf16 --variants 'cpu/two_pass,cublaslt/*," + wrong + "' --json - " +
             options);
}

TEST_CASE("a kernel that faults or hangs on the GPU costs its own results, and no other", "[gpu]") {
  const std::string wrong = GENERATE("wrong/gpu_faults", "wrong/gpu_hangs");
  const Outcome outcome = lose_gpu(wrong, "--timeout 5");
  INFO(outcome.output);
  CHECK(outcome.exit_code == 1);
  const auto report = nlohmann::json::parse(outcome.output);
  CHECK(statuses_of("cpu/two_pass", report) == Statuses{"passed", "passed"});
  CHECK(statuses_of("cublaslt/two_pass", report) == Statuses{"passed", "passed"});
  CHECK(statuses_of(wrong, report) == Statuses{"errored", "errored"});
  CHECK(contains(outcome, wrong == "wrong/gpu_hangs" ? "hangs" : "cudaErrorIllegalAddress"));
}

TEST_CASE("a kernel that overwrites its operands on the GPU fails, and no other", "[gpu]") {
  const std::string options = GENERATE("", "--in-process");
  const std::string wrong = "wrong/gpu_overwrites";
  const Outcome outcome = lose_gpu(wrong, options);
  INFO(outcome.output);
  const auto report = nlohmann::json::parse(outcome.output);
  CHECK(statuses_of("cublaslt/two_pass", report) == Statuses{"passed", "passed"});
  CHECK(statuses_of(wrong, report) == Statuses{"failed", "failed"});
  CHECK(contains(outcome, "wrote to its operands"));
}

TEST_CASE("a kernel that returns what it has kept on the GPU fails", "[gpu]") {
  test::need_gpu();
  const std::string options = GENERATE("--check-only ", "--samples 10 ", "--time-only --samples 10 ");
  const Outcome outcome =
      run_command(kSmoke + options + "--problem ragged --json - -v cublaslt/two_pass,wrong/gpu_keeps");
  INFO(outcome.output);
  const auto report = nlohmann::json::parse(outcome.output);
  CHECK(statuses_of("cublaslt/two_pass", report) == Statuses{"passed"});
  CHECK(statuses_of("wrong/gpu_keeps", report) == Statuses{"failed"});
  CHECK(contains(outcome, "operands had changed in a few places"));
}

TEST_CASE("in process, results of others are kept when the GPU is lost", "[gpu]") {
  const std::string wrong = GENERATE("wrong/gpu_faults", "wrong/gpu_hangs");
  const Outcome outcome = lose_gpu(wrong, "--in-process");
  INFO(outcome.output);
  CHECK(outcome.exit_code == 1);
  const auto report = nlohmann::json::parse(outcome.output);
  CHECK(statuses_of("cpu/two_pass", report) == Statuses{"passed", "passed"});
  CHECK(statuses_of(wrong, report) == Statuses{"errored", "skipped"});
  CHECK(contains(outcome, "\"the GPU was lost in " + wrong + "\""));
  CHECK(contains(outcome, wrong == "wrong/gpu_hangs" ? "hangs" : "cudaErrorIllegalAddress"));
}

}  // namespace
}  // namespace nvfp4bench
