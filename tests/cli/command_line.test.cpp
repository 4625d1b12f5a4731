// The program itself, as a user meets it: exit codes and messages.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <unistd.h>

#include <sys/wait.h>

#include "catch.hpp"

namespace fs = std::filesystem;

namespace {

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

std::string slurp(std::FILE* file) {
  std::string text;
  std::array<char, 4096> buffer;
  for (size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), file)) > 0;) text.append(buffer.data(), n);
  return text;
}

/// The programs' working directory, removed at the end.
const fs::path& scratch() {
  struct Folder {
    fs::path path = fs::temp_directory_path() / ("nvfp4bench_command_line." + std::to_string(::getpid()));
    Folder() { fs::create_directories(path); }
    ~Folder() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
  };
  static const Folder folder;
  return folder.path;
}

Outcome run_tool(const std::string& arguments) {
  const fs::path err = scratch() / "stderr";
  const std::string command = "cd '" + scratch().string() + "' && " + NVFP4BENCH_BINARY + " " + arguments +
                              " 2>'" + err.string() + "'";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  Outcome outcome;
  outcome.out = slurp(pipe);
  outcome.code = WEXITSTATUS(::pclose(pipe));
  std::FILE* file = std::fopen(err.c_str(), "r");
  outcome.err = slurp(file);
  std::fclose(file);
  return outcome;
}

fs::path write(const std::string& name, const std::string& text) {
  const fs::path path = scratch() / name;
  std::ofstream(path) << text;
  return path;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

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
           Case{"--config unknown_key.json", "did you mean \"seed\"?"},
           Case{"--config huge.json", "huge.json"},
           Case{"--config too_big.json", "GB"},
           Case{"--config tiny.json --fill gaus", "gauss"},
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
  const auto report_text = [&] {
    std::FILE* file = std::fopen(kept.c_str(), "r");
    if (file == nullptr) return std::string();
    std::string text = slurp(file);
    std::fclose(file);
    return text;
  };
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
