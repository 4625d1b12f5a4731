// Variants that crash, hang, cheat or leave a mess: each ends as it deserves, and no other notices.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

#include "acceptance/run.hpp"
#include "catch.hpp"

namespace nvfp4bench {
namespace {

struct Expected {
  const char* variant;
  const char* status;
  const char* said;  // part of the reason, or of the remark
};

constexpr Expected kExpected[] = {
    {"wrong/segfaults", "errored", "run() crashed: segmentation fault"},
    {"wrong/aborts", "errored", "run() crashed: aborted"},
    {"wrong/exits", "errored", "run() ended the process, with exit code 0"},
    {"wrong/throws", "errored", "out of patience"},
    {"wrong/throws_a_number", "errored", "threw something that is not a std::exception"},
    {"wrong/hangs", "errored", "hangs: run() had not returned after 5 s"},
    {"wrong/overflows_stack", "errored", "run() crashed: segmentation fault"},
#ifndef NVFP4BENCH_UNDER_SANITIZER  // whose allocator ends the process
    {"wrong/exhausts_memory", "errored", "out of memory"},
#endif
    {"wrong/closes_files", "errored", "run() closed the connection to nvfp4bench"},
    {"wrong/writes_weights", "errored", "run() crashed: wrote to its operands: the codes of b1 of group 0"},
    {"wrong/writes_scales", "errored", "run() crashed: wrote to its operands: the scales of a of group 0"},
    {"wrong/reads_beyond", "errored",
     "run() crashed: read 1 bytes past the end of the scales of b2 of group"},
    {"wrong/clears_view", "failed", "outside their interval"},
    {"wrong/writes_late", "failed", "was still writing after it had returned"},
    {"wrong/prints", "passed", nullptr},
#if defined(__x86_64__)
    {"wrong/flushes_subnormals", "passed", "the floating-point environment (subnormals count as zero)"},
#endif
    {"wrong/rounds_upward", "passed", "the floating-point environment (rounding mode)"},
    {"wrong/leaves_handler", "passed", "the handler of signal 15"},
    {"wrong/leaves_locale", "passed", "the locale (C.UTF-8)"},
    {"wrong/leaves_threads", "passed", "the number of OpenMP threads (7)"},
    {"wrong/leaves_affinity", "passed", "the CPUs that it may run on"},
    {"cpu/two_pass", "passed", nullptr},
};

TEST_CASE("whatever a variant does, it ends as it should, and no other notices") {
  std::string variants;
  for (const Expected& expected : kExpected) variants += std::string(",") + expected.variant;
  const Outcome outcome =
      run("--timeout 5 --problem ragged,scaled_f32 --json - -v '" + variants.substr(1) + "'");
  CHECK(outcome.exit_code == 1);
  const auto report = nlohmann::json::parse(outcome.output);
  for (const Expected& expected : kExpected) {
    CAPTURE(expected.variant);
    const std::vector<nlohmann::json> rows = rows_of(expected.variant, report);
    CHECK(rows.size() == 2);
    for (const nlohmann::json& row : rows) {
      INFO(row.dump(1));
      CHECK(row.at("status") == expected.status);
      const bool passed = row.at("status") == "passed";
      CHECK(row.at("remarks").empty() == !(passed && expected.said));
      if (!expected.said) continue;
      const std::string said = passed ? row.at("remarks").dump() : row.at("reason").dump();
      CHECK(said.find(expected.said) != std::string::npos);
    }
  }
}

TEST_CASE("a variant that crashes among the samples costs no other its time") {
  const Outcome outcome = run_command(kSmoke +
                                      "--problem ragged --samples 8 --json - "
                                      "-v cpu/two_pass,wrong/segfaults_later,cpu/fused_interleaved");
  CHECK(outcome.exit_code == 1);
  const auto report = nlohmann::json::parse(outcome.output);
  CHECK(statuses_of("wrong/segfaults_later", report) == Statuses{"errored"});
  for (const char* right : {"cpu/two_pass", "cpu/fused_interleaved"}) {
    const nlohmann::json row = rows_of(right, report).at(0);
    CHECK(row.at("status") == "passed");
    CHECK(row.at("timing").at("samples_s").size() == 8);
  }
}

TEST_CASE("a variant that hides time from its clock is rejected") {
  const Outcome outcome = run_command(kSmoke +
                                      "--problem ragged --samples 8 --json - "
                                      "-v cpu/two_pass,wrong/sets_clock_back");
  CHECK(outcome.exit_code == 1);
  const auto report = nlohmann::json::parse(outcome.output);
  const nlohmann::json row = rows_of("wrong/sets_clock_back", report).at(0);
  INFO(row.dump(1));
  CHECK(row.at("status") == "rejected");
  CHECK(row.at("reason").get<std::string>().starts_with("by the clock of its process"));
  CHECK(statuses_of("cpu/two_pass", report) == Statuses{"passed"});
}

TEST_CASE("a problem that caches hold is measured cold and warm, each within the ceilings of its place") {
  const auto file =
      std::filesystem::temp_directory_path() / ("nvfp4bench-" + std::to_string(::getpid()) + ".json");
  std::ofstream(file) << R"({"m":1,"n":512,"k":2048})";
  const Outcome outcome = run_command(NVFP4BENCH_WRONG_BINARY " --config " + file.string() +
                                      " --threads 2 --max-time 1 --min-time 0.1 --json - -v 'cpu/*'");
  std::filesystem::remove(file);
  const auto report = nlohmann::json::parse(outcome.output);
  CHECK(report.at("sweep_bytes") > 0);
  CHECK_FALSE(report.at("machine").at("caches").empty());
  int timed = 0;
  for (const nlohmann::json& row : report.at("problems").at(0).at("variants")) {
    INFO(row.dump(1));
    if (row.at("status") == "skipped") continue;
    CHECK(row.at("status") == "passed");
    CHECK(row.at("method") == "cold_wall");
    CHECK(row.at("roofline_fraction") <= 1.0);
    const nlohmann::json& summaries = row.at("summaries");
    CHECK(std::any_of(summaries.begin(), summaries.end(),
                      [](const nlohmann::json& summary) { return summary.at("tag") == "time/warm_wall"; }));
    ++timed;
  }
  CHECK(timed >= 3);
}

TEST_CASE("a run ends at once when asked to while a kernel hangs, and keeps what it has") {
  const char* signal = GENERATE("INT", "TERM");
  const auto file = std::filesystem::temp_directory_path() / ("nvfp4bench-" + std::to_string(::getpid()));
  const Outcome outcome =
      run_command(kSmoke + "--check-only --timeout 100 --problem ragged -v wrong/hangs,cpu/two_pass --json " +
                  file.string() + " & until grep -q passed " + file.string() +
                  "; do sleep 0.1; done; kill -s " + signal + " $!; wait $!");
  CHECK(outcome.exit_code == 130);
  const auto report = nlohmann::json::parse(std::ifstream(file));
  std::filesystem::remove(file);
  CHECK(report.at("interrupted") == true);
  CHECK(statuses_of("cpu/two_pass", report) == Statuses{"passed"});
  CHECK(statuses_of("wrong/hangs", report) == Statuses{"pending"});
}

TEST_CASE("a report says that variants ran in the process of the tool") {
  const Outcome outcome = run("--in-process --problem ragged -v cpu/two_pass");
  CHECK(outcome.exit_code == 0);
  CHECK(contains(outcome, "in-process"));
  const Outcome json = run("--in-process --problem ragged -v cpu/two_pass --json -");
  CHECK(nlohmann::json::parse(json.output).at("metadata").at("in_process") == true);
  CHECK_FALSE(contains(run("--problem ragged -v cpu/two_pass"), "in-process"));
}

}  // namespace
}  // namespace nvfp4bench
