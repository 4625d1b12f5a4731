// The command line, with wrong kernels and with right ones.
#include <cstdio>
#include <string>
#include <string_view>

#include <sys/wait.h>

#include "catch.hpp"

namespace {

struct Outcome {
  int exit_code = -1;
  std::string output;
};

/// One run on the smoke set.
Outcome check(std::string_view variants) {
  std::string command = NVFP4BENCH_WRONG_BINARY;
  command += " --config " NVFP4BENCH_SOURCE_DIR "/configs/smoke.json --check-only --threads 2 --variants '";
  command += variants;
  command += "' 2>/dev/null";
  Outcome outcome;
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  char buffer[4096];
  for (size_t size; (size = fread(buffer, 1, sizeof buffer, pipe)) > 0;) outcome.output.append(buffer, size);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  return outcome;
}

bool contains(const Outcome& outcome, std::string_view text) {
  return outcome.output.find(text) != std::string::npos;
}

TEST_CASE("every right variant passes the smoke set") {
  const Outcome outcome = check("cpu/*");
  INFO(outcome.output);
  CHECK(outcome.exit_code == 0);
  CHECK(contains(outcome, "passed"));
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

}  // namespace
