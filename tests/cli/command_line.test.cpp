// The program itself, as a user meets it: exit codes and messages.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include "tool.hpp"

using namespace tool;

TEST_CASE("a small problem passes, with a table on stdout and reports in files") {
  write("tiny.json", R"({"m": [3, 0, 17], "n": 40, "k": 64})");
  const Outcome outcome = run_tool(
      "--config tiny.json --max-time 0.05 --min-time 0 --json r.json --csv r.csv --markdown r.md --junit "
      "r.xml");
  CAPTURE(outcome.out, outcome.err);
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.out, "cpu/fused_interleaved"));
  CHECK(contains(outcome.out, "passed"));
  CHECK(outcome.out.find('\033') == std::string::npos);  // not a terminal
  for (const char* file : {"r.json", "r.csv", "r.md", "r.xml"}) CHECK(fs::file_size(scratch() / file) > 0);
}

TEST_CASE("a report to stdout is alone there") {
  write("tiny.json", R"({"m": 3, "n": 40, "k": 64})");
  const Outcome outcome = run_tool("--config tiny.json --check-only --json -");
  CHECK(outcome.code == 0);
  CHECK(outcome.out.front() == '{');
  CHECK(contains(outcome.err, "cpu/fused_interleaved"));
}

TEST_CASE("what was dumped can be loaded, and gives the same results") {
  write("tiny.json", R"({"m": 3, "n": 40, "k": 64, "l": 2, "alpha1": 0.5})");
  CHECK(run_tool("--config tiny.json --check-only --dump dump").code == 0);
  const Outcome loaded = run_tool("--load dump --check-only");
  CAPTURE(loaded.err);
  CHECK(loaded.code == 0);
}

/// Without the breaks of its lines.
std::string joined(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

TEST_CASE("padding rows hold what --pad-scales says, results say so, and dumps keep it") {
  write("tiny.json", R"({"m": 3, "n": 40, "k": 80})");
  write("padded.json", R"({"m": 3, "n": 40, "k": 80, "pad_scales": "random"})");
  for (const char* pad : {"random", "nan"}) {
    const std::string options =
        std::string("--check-only --quiet --json - --dump padded --pad-scales ") + pad;
    const Outcome outcome = run_tool("--config tiny.json " + options);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 0);
    CHECK(nlohmann::json::parse(outcome.out)["problems"][0]["problem"]["pad_scales"] == pad);
    const Outcome loaded = run_tool("--load padded --check-only");
    CAPTURE(loaded.err);
    CHECK(loaded.code == 0);
    CHECK(contains(joined(loaded.out), std::string("scales of padding rows ") + pad));
  }
  CHECK(contains(joined(run_tool("--config padded.json --check-only").out), "scales of padding rows random"));
  const Outcome usual = run_tool("--config padded.json --check-only --pad-scales zero");
  CHECK(usual.code == 0);
  CHECK_FALSE(contains(usual.out, "padding"));
}

TEST_CASE("what --time-only samples is drawn anew, recorded, and given back by --sample-seed") {
  write("tiny.json", kTiny);
  const auto seed_of = [](const std::string& options) {
    const Outcome outcome = run_tool("--config tiny.json --samples 1 --quiet --json - " + options);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 0);
    return nlohmann::json::parse(outcome.out)["sample_seed"];
  };
  const nlohmann::json seed = seed_of("--time-only");
  CHECK(seed.is_number_unsigned());
  CHECK(seed_of("--time-only") != seed);
  CHECK(seed_of("--time-only --sample-seed 18446744073709551615") == 18446744073709551615u);
  CHECK(seed_of("").is_null());
}

TEST_CASE("a problem without elements proves nothing, and its report says so") {
  write("empty.json", R"({"m": [0, 0], "n": 40, "k": 64})");
  write("mixed.json", R"({"problems": [{"m": 0, "n": 40, "k": 64}, {"m": 1, "n": 40, "k": 64}]})");
  const Outcome empty = run_tool("--config empty.json --check-only");
  CHECK(empty.code == 77);
  CHECK(contains(empty.out, "nothing to compute"));
  const Outcome mixed = run_tool("--config mixed.json --check-only");
  CHECK(mixed.code == 0);
  CHECK(contains(mixed.out, "nothing to compute"));
}

TEST_CASE("one problem of a set is run, and planned, with --problem") {
  write("two.json", R"({"problems": [{"name": "small", "m": 3, "n": 40, "k": 64},
                                     {"name": "other", "m": 5, "n": 24, "k": 32}]})");
  for (const char* command :
       {"--config two.json --check-only --problem other", "plan --config two.json -p 'o*'"}) {
    const Outcome outcome = run_tool(command);
    CAPTURE(command, outcome.out, outcome.err);
    CHECK(outcome.code == 0);
    CHECK(contains(outcome.out, "other"));
    CHECK_FALSE(contains(outcome.out, "small"));
  }
}

TEST_CASE("nothing to run is not a success") {
  write("tiny.json", R"({"m": 3, "n": 40, "k": 64})");
  CHECK(run_tool("--config tiny.json --variants 'nothing/*'").code == 77);
  const Outcome wrong_op = run_tool("--config tiny.json --variants cpu/gemm");
  CHECK(wrong_op.code == 77);
  CHECK(contains(wrong_op.out, "skipped"));
}

TEST_CASE("bad input is one line on stderr, nothing on stdout, and exit code 2") {
  write("tiny.json", R"({"m": 3, "n": 40, "k": 64})");
  write("malformed.json", R"({"m": 3,)");
  write("bad_k.json", R"({"m": 3, "n": 40, "k": 100})");
  write("unknown_key.json", R"({"m": 3, "n": 40, "k": 64, "sede": 1})");
  write("huge.json", R"({"m": 4000000000000, "n": 4000000000000, "k": 1600})");
  write("too_big.json", R"({"m": 1048576, "n": 1048576, "k": 65536})");
  fs::create_directories(scratch() / "empty_dir");
  struct Case {
    const char* arguments;
    const char* says;
  };
  for (const Case& c : {
           Case{"", "--help"},
           Case{"--config smokee --check-only", "smoke"},
           Case{"--config no/such/file.json", "no/such/file.json"},
           Case{"--config .", "no problem set"},
           Case{"--config malformed.json", "malformed.json"},
           Case{"--config bad_k.json", "multiple of 16"},
           Case{"--config unknown_key.json", "did you mean 'seed'?"},
           Case{"--config huge.json", "huge.json"},
           Case{"--config too_big.json", "GB"},
           Case{"--config tiny.json --fill gaus", "gauss"},
           Case{"--config tiny.json --pad-scales zeros", "did you mean 'zero'?"},
           Case{"--config tiny.json --sample-seed 1", "--time-only"},
           Case{"--load empty_dir --pad-scales nan", "--pad-scales"},
           Case{"--config tiny.json --variants cpu/gem", "cpu/gemm"},
           Case{"--config smoke --problem raged", "did you mean 'ragged'?"},
           Case{"plan --config smoke --problem ragged_", "did you mean 'ragged'?"},
           Case{"--config tiny.json --json no/such/dir/r.json", "no/such/dir/r.json"},
           Case{"--config tiny.json --threads 0", "threads"},
           Case{"--load empty_dir", "index.json"},
       }) {
    const Outcome outcome = run_tool(c.arguments);
    CAPTURE(c.arguments, outcome.out, outcome.err);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK(contains(outcome.err, c.says));
    CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
  }
}

TEST_CASE("output that cannot be written is an error, not a success") {
  const Outcome outcome = run_tool("list fills > /dev/full");
  CHECK(outcome.code == 2);
  CHECK(contains(outcome.err, "cannot write to stdout"));
}

TEST_CASE("an interrupted run keeps the results that it has") {
  // A hundred problems of 0.3 s a variant, interrupted when the first results are there.
  std::string problems;
  for (int i = 0; i < 100; ++i) problems += (i == 0 ? "" : ",") + std::string(R"({"m": 1, "n": 8, "k": 16})");
  const std::string config = write("long.json", "{\"problems\": [" + problems + "]}").string();
  const std::string kept = (scratch() / "kept.json").string();
  const pid_t pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    ::execl(NVFP4BENCH_BINARY, "nvfp4bench", "--config", config.c_str(), "--min-time", "0.3", "--max-time",
            "0.3", "--quiet", "--json", kept.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  const auto report_text = [&] { return read(kept); };
  while (!contains(report_text(), "\"passed\"") && ::waitpid(pid, nullptr, WNOHANG) == 0) ::usleep(20'000);
  REQUIRE(::kill(pid, SIGINT) == 0);
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  CHECK(WEXITSTATUS(status) == 130);
  const std::string report = report_text();
  CHECK(contains(report, "\"interrupted\": true"));
  CHECK(contains(report, "\"passed\""));
}

TEST_CASE("list and plan answer without running") {
  CHECK(contains(run_tool("list").out, "cpu/two_pass"));
  CHECK(contains(run_tool("list configs").out, "g8_k7168"));
  CHECK(contains(run_tool("plan --config g8_k7168").out, "18.833"));
}

TEST_CASE("a devices.json of the user's is not the tool's") {
  write("tiny.json", kTiny);
  write("devices.json", "{]");
  for (const char* arguments :
       {"--config tiny.json --check-only", "plan --config tiny.json", "list devices"}) {
    const Outcome outcome = run_tool(arguments);
    CAPTURE(arguments, outcome.err);
    CHECK(outcome.code == 0);
  }
}

TEST_CASE("a message shows the ends of what is too long to read, and no control characters") {
  const std::string long_word(100'000, 'x');
  for (const std::string& arguments :
       {"'" + long_word + "'", "--config '" + long_word + "'", "--load '" + long_word + "'",
        "--seed '" + long_word + "' --config smoke", "list '" + long_word + "'"}) {
    const Outcome outcome = run_tool(arguments);
    CAPTURE(arguments.substr(0, 20), outcome.err.substr(0, 3000));
    CHECK(outcome.code == 2);
    CHECK(outcome.err.size() < 3000);
    CHECK(contains(outcome.err, "xxx...xxx"));
    CHECK_FALSE(contains(outcome.err, "filesystem error"));
  }
  const Outcome colourful = run_tool("\"$(printf 'a\\033[31m\\nb')\"");
  CHECK(contains(colourful.err, "'a?[31m?b'"));
  CHECK(std::count(colourful.err.begin(), colourful.err.end(), '\n') == 1);
  write("tiny.json", kTiny);
  const Outcome report = run_tool("--config tiny.json --json " + std::string(300, 'x'));
  CHECK(report.code == 2);
  CHECK(contains(report.err, "--json: cannot write xxx"));
  CHECK(contains(report.err, "File name too long"));
}

TEST_CASE("list and plan as JSON") {
  const nlohmann::json list = nlohmann::json::parse(run_tool("list --json").out);
  for (const char* key : {"variants", "configs", "fills", "devices"}) CHECK(list.contains(key));
  CHECK(list["variants"][0]["name"].get<std::string>().rfind("cpu/", 0) == 0);
  CHECK(nlohmann::json::parse(run_tool("list fills --json").out).size() == 1);
  const nlohmann::json plan =
      nlohmann::json::parse(run_tool("plan --config g8_k7168 --json").out)["problems"][0];
  CHECK(plan["problem"]["name"] == "g8_k7168");
  CHECK(plan["work"]["flops"] == 120259084288);
  CHECK(plan["variants"] == 3);
  CHECK(plan["sampling_seconds_at_most"] == 30);
}

TEST_CASE("exactly so many samples are taken, of all variants but those excluded") {
  write("tiny.json", kTiny);
  const Outcome outcome = run_tool("--config tiny.json --samples 7 --exclude 'cpu/fused_*' --quiet --json -");
  CAPTURE(outcome.err);
  CHECK(outcome.code == 0);
  const nlohmann::json report = nlohmann::json::parse(outcome.out);
  const nlohmann::json& variants = report["problems"][0]["variants"];
  REQUIRE(variants.size() == 1);
  CHECK(variants[0]["variant"] == "cpu/two_pass");
  CHECK(variants[0]["timing"]["samples_s"].size() == 7);
  CHECK(variants[0]["timing"]["stopped_by"] == "sample limit");
}

TEST_CASE("a run says which problem it is at, and what is left at most") {
  write("two.json", R"({"problems": [{"m": 1, "n": 8, "k": 16}, {"m": 1, "n": 8, "k": 16}]})");
  const Outcome outcome = run_tool("--config two.json --min-time 1.5 --max-time 1.5 --variants cpu/two_pass");
  CAPTURE(outcome.err);
  CHECK(contains(outcome.err, "problem 1 of 2, at most 3 s of sampling left: two_0: timing"));
  CHECK(contains(outcome.err, "problem 2 of 2, at most about 2 s left: two_1: timing"));
}

TEST_CASE("where only a sample is checked, every report says so beside the status") {
  write("wide.json", R"({"m": 8, "n": 1024, "k": 16})");
  const Outcome outcome = run_tool(
      "--config wide.json --variants cpu/two_pass --time-only --samples 3 --markdown r.md --junit r.xml");
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.out, "\n    4096 of 8192 elements checked\n"));
  CHECK(contains(read(scratch() / "r.md"), "passed (4096 of 8192 elements checked)"));
}

TEST_CASE("OpenMP's own limits on threads are kept") {
  write("tiny.json", kTiny);
  const std::string run = "\"$TOOL\" --config tiny.json --check-only --quiet --json r.json ";
  const auto threads = [] {
    return nlohmann::json::parse(read(scratch() / "r.json"))["metadata"]["threads"];
  };
  CHECK(run_shell("OMP_NUM_THREADS=1 " + run).code == 0);
  CHECK(threads() == 1);
  CHECK(run_shell("OMP_THREAD_LIMIT=1 " + run).code == 0);
  CHECK(threads() == 1);
  CHECK(run_shell("OMP_NUM_THREADS=1 " + run + " --threads 3").code == 0);
  CHECK(threads() == 3);
  const Outcome more = run_shell("OMP_THREAD_LIMIT=1 " + run + " --threads 2");
  CHECK(more.code == 2);
  CHECK(contains(more.err, "OMP_THREAD_LIMIT allows 1"));
}

TEST_CASE("threads that the system does not start are bad input, not a wrong result") {
  nvfp4bench::test::skip_under_sanitizers("they need terabytes of addresses");
  write("tiny.json", kTiny);
  const Outcome outcome =
      run_shell("ulimit -v 300000; \"$TOOL\" --config tiny.json --check-only --threads 1024");
  CAPTURE(outcome.err);
  CHECK(outcome.code == 2);
  CHECK(contains(outcome.err, "--threads 1024: the system does not start so many threads"));
}
