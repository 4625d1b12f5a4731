#include "cli/options.hpp"

#include "catch.hpp"
#include "nvfp4/isa_support.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::cli;

namespace {

Command parse_words(std::vector<const char*> words) {
  words.insert(words.begin(), "nvfp4bench");
  return parse(static_cast<int>(words.size()), words.data());
}

RunCommand parse_run(std::vector<const char*> words) {
  return std::get<RunCommand>(parse_words(std::move(words)));
}

std::string usage_error(std::vector<const char*> words) {
  try {
    parse_words(std::move(words));
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("a config alone runs every variant on every thread with the best ISA") {
  const RunCommand run = parse_run({"--config", "smoke"});
  CHECK(run.problems.configs == std::vector<std::string>{"smoke"});
  CHECK(run.variants.empty());
  CHECK(run.threads >= 1);
  CHECK(run.isa == nvfp4::best_isa());
  CHECK_FALSE(run.check_only);
  CHECK_FALSE(run.in_process);
  CHECK_FALSE(run.timeout_s.has_value());
  CHECK_FALSE(run.problems.seed.has_value());
}

TEST_CASE("variants are split at commas, configs repeat") {
  const RunCommand run = parse_run({"--config", "a", "--config", "b", "--variants", "cpu/*,sm90/gemm"});
  CHECK(run.problems.configs == std::vector<std::string>{"a", "b"});
  CHECK(run.variants == std::vector<std::string>{"cpu/*", "sm90/gemm"});
}

TEST_CASE("problems are split at commas and repeat, for runs and plans") {
  const std::vector<std::string> names{"ragged", "edge_*", "k16"};
  CHECK(parse_run({"--config", "a", "--problem", "ragged,edge_*", "--problem", "k16"}).problems.names ==
        names);
  CHECK(std::get<PlanCommand>(parse_words({"plan", "--config", "a", "-p", "ragged,edge_*,k16"}))
            .problems.names == names);
}

TEST_CASE("a long --min-time alone raises the default --max-time") {
  CHECK(parse_run({"--config", "a", "--min-time", "60"}).max_time_s == 60);
  CHECK(usage_error({"--config", "a", "--min-time", "5", "--max-time", "1"}) ==
        "--min-time 5 is more than --max-time 1");
}

TEST_CASE("subcommands take their own options") {
  CHECK(std::get<PlanCommand>(parse_words({"plan", "--config", "x"})).problems.configs ==
        std::vector<std::string>{"x"});
  CHECK(std::get<ListCommand>(parse_words({"list"})).what == ListWhat::all);
  CHECK(std::get<ListCommand>(parse_words({"list", "fills"})).what == ListWhat::fills);
}

TEST_CASE("no command is dropped in silence") {
  CHECK(usage_error({"plan", "-c", "p", "list"}) == "plan and list are two commands: give one");
  CHECK(usage_error({"--config", "p", "list"}) == "--config is not for list: it belongs to a run");
  CHECK(usage_error({"--threads", "1", "plan", "-c", "p"}) ==
        "--threads is not for plan: it belongs to a run");
  CHECK(usage_error({"--config", "p", "plan"}) ==
        "--config stands before plan, which takes what follows it: nvfp4bench plan --config ...");
}

TEST_CASE("a problem set that stands alone is one for --config") {
  CHECK(usage_error({"smoke"}) == "unknown argument 'smoke' (did you mean '--config smoke'?)");
  CHECK(usage_error({"smoke.json"}) == "unknown argument 'smoke.json' (did you mean '--config smoke.json'?)");
}

TEST_CASE("an empty number is no number") {
  for (const char* option : {"--min-time", "--max-time", "--threads", "--device", "--samples", "--seed"}) {
    CAPTURE(option);
    const std::string message = usage_error({"--config", "a", option, ""});
    CHECK(message.find(option) != std::string::npos);
    CHECK(message.find("got ''") != std::string::npos);
    CHECK(message.find(" AND ") == std::string::npos);
    CHECK(message.find("range") == std::string::npos);
  }
  CHECK(usage_error({"--config", "a", "--threads", "two"}) == "--threads: expected an integer, got 'two'");
}

TEST_CASE("so many samples take the place of the times") {
  CHECK(parse_run({"--config", "a", "--samples", "30"}).samples == 30);
  CHECK_FALSE(parse_run({"--config", "a"}).samples.has_value());
  for (const char* other : {"--min-time", "--max-time"})
    CHECK(usage_error({"--config", "a", "--samples", "30", other, "1"}).find("excludes") !=
          std::string::npos);
  CHECK(usage_error({"--config", "a", "--samples", "0"}) != "no error");
}

TEST_CASE("help and version are text, not errors") {
  CHECK(std::get<PrintCommand>(parse_words({"--help"})).text.find("Exit codes") != std::string::npos);
  CHECK(std::get<PrintCommand>(parse_words({"plan", "--help"})).text.find("--config") != std::string::npos);
  CHECK(std::get<PrintCommand>(parse_words({"--version"})).text.rfind("nvfp4bench ", 0) == 0);
}

TEST_CASE("bad usage is one line that names the nearest match") {
  CHECK(usage_error({"--confg", "smoke"}).find("did you mean '--config'?") != std::string::npos);
  CHECK(usage_error({"list", "variant"}).find("did you mean 'variants'?") != std::string::npos);
  CHECK(usage_error({"--config", "a", "--isa", "avx22"}).find("did you mean 'avx2'?") != std::string::npos);
  for (const std::vector<const char*>& words : std::vector<std::vector<const char*>>{
           {},
           {"plan"},
           {"lst"},
           {"--config"},
           {"--config", "a", "--threads", "0"},
           {"--config", "a", "--threads", "-3"},
           {"--config", "a", "--threads", "1000000"},
           {"--config", "a", "--threads", "two"},
           {"--config", "a", "--seed", "-1"},
           {"--config", "a", "--seed", "1.5"},
           {"--config", "a", "--max-time", "0"},
           {"--config", "a", "--min-time", "nan"},
           {"--config", "a", "--timeout", "0"},
           {"--config", "a", "--timeout", "nan"},
           {"--config", "a", "--timeout", "5", "--in-process"},
           {"--config", "a", "--check-only", "--time-only"},
           {"--config", "a", "--load", "d"},
           {"--load", "d", "--fill", "ones"},
           {"--load", "d", "--problem", "ragged"},
           {"--problem", "ragged"},
           {"--config", "a", "--dump", "d", "--time-only"},
       }) {
    const std::string message = usage_error(words);
    CAPTURE(words, message);
    CHECK(message != "no error");
    CHECK(message.find('\n') == std::string::npos);
  }
}
