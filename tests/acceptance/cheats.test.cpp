// Variants that remember what they computed: operands change before every run, and all of them fail.
#include <string>

#include "acceptance/run.hpp"
#include "catch.hpp"

namespace nvfp4bench {
namespace {

struct Expected {
  const char* variant;
  const char* said;
};

constexpr Expected kExpected[] = {
    {"wrong/first_call_only", "the second run: operands had changed in a few places"},
    {"wrong/every_other_call",
     "the second run: operands had changed in a few places, and the output is that of before"},
    {"wrong/every_37th_call", ": operands had changed in a few places"},
    {"wrong/keeps_first_result",
     "the second run: operands had changed in a few places, and the output is that of"},
    {"wrong/paces_itself",
     "the second run: operands had changed in a few places, and the output is that of before"},
    {"wrong/keeps_by_address",
     "the second run: operands had changed in a few places, and the output is that of"},
    {"wrong/keeps_by_beginning", ": operands had changed in a few places"},
    {"wrong/keeps_last_group", "the second run: operands had changed in a few places"},
    {"wrong/copies_operands",
     "the second run: operands had changed in a few places, and the output is that of before"},
    {"wrong/copies_scales", "operands had changed in a few places"},
};

TEST_CASE("a variant that returns what it has kept fails, and honest ones beside it have their times") {
  const std::string options = GENERATE("--check-only ", "--samples 45 ", "--time-only --samples 45 ");
  std::string variants = "cpu/two_pass,cpu/fused_interleaved";
  for (const Expected& expected : kExpected) variants += std::string(",") + expected.variant;
  const Outcome outcome = run_command(kSmoke + options + "--problem ragged --json - -v " + variants);
  const auto report = nlohmann::json::parse(outcome.output);
  for (const Expected& expected : kExpected) {
    if (options == "--check-only " && (std::string(expected.variant) == "wrong/every_37th_call" ||
                                       std::string(expected.variant) == "wrong/keeps_by_beginning"))
      continue;  // right in both runs, or may be
    const nlohmann::json row = rows_of(expected.variant, report).at(0);
    INFO(options << row.dump(1));
    CHECK(row.at("status") == "failed");
    CHECK(row.at("reason").get<std::string>().find(expected.said) != std::string::npos);
    CHECK(row.at("timing").is_null());
  }
  CHECK(statuses_of("cpu/two_pass", report) == Statuses{"passed"});
  CHECK(statuses_of("cpu/fused_interleaved", report) == Statuses{"passed"});
}

TEST_CASE("a variant that gives other bits now and then fails, since it says that it never does") {
  const std::string options = GENERATE("--samples 45 ", "--time-only --samples 45 ");
  // fp32: its last bit is right where it is judged, in what a change touches.
  const Outcome outcome =
      run_command(kSmoke + options + "--problem scaled_f32 --json - -v wrong/nondeterministic");
  const nlohmann::json row = rows_of("wrong/nondeterministic", nlohmann::json::parse(outcome.output)).at(0);
  INFO(options << row.dump(1));
  CHECK(row.at("status") == "failed");
  CHECK(row.at("reason").get<std::string>().find("not the bits of the first run") != std::string::npos);
  CHECK(row.at("timing").is_null());
}

TEST_CASE("a variant that is wrong with three threads fails with three, and is not found out with two") {
  const std::string options = " --check-only --problem ragged --json - -v wrong/three_threads";
  const auto status = [&](const std::string& threads) {
    const Outcome outcome = run_command(NVFP4BENCH_WRONG_BINARY " --config " NVFP4BENCH_SOURCE_DIR
                                                                "/configs/smoke.json --threads " +
                                        threads + options);
    return statuses_of("wrong/three_threads", nlohmann::json::parse(outcome.output));
  };
  CHECK(status("3") == Statuses{"failed"});
  CHECK(status("2") == Statuses{"passed"});
}

}  // namespace
}  // namespace nvfp4bench
