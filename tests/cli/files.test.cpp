// What a run reads, what it writes, and what it must not touch.
#include <csignal>

#include <nlohmann/json.hpp>

#include "tool.hpp"

using namespace tool;

namespace {

/// Refused before anything is computed, in one line.
void check_refused(const std::string& arguments, const std::string& says) {
  const Outcome outcome = run_tool(arguments);
  CAPTURE(arguments, outcome.out, outcome.err);
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK(contains(outcome.err, says));
  CHECK(outcome.err.find('\n') == outcome.err.size() - 1);
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("a report never replaces what the run reads") {
  write("c.json", kTiny);
  fs::create_symlink("c.json", scratch() / "link.json");
  fs::create_hard_link(scratch() / "c.json", scratch() / "hard.json");
  for (const char* report : {"c.json", "./c.json", "link.json", "hard.json"}) {
    check_refused("--config c.json --check-only --json " + std::string(report), "this run reads it");
    CHECK(read(scratch() / "c.json") == kTiny);
  }
  REQUIRE(run_tool("--config c.json --check-only --dump m").code == 0);
  const std::string index = read(scratch() / "m/index.json");
  check_refused("--load m --check-only --csv m/index.json", "this run reads it");
  check_refused("--load m --check-only --csv m/../m/g0_a_codes.npy", "this run reads it");
  CHECK(read(scratch() / "m/index.json") == index);
}

TEST_CASE("two outputs never go to one file, however they are spelled") {
  write("c.json", kTiny);
  write("old.csv", "old");
  fs::create_directory(scratch() / "folder");
  fs::create_symlink("old.csv", scratch() / "to_old");
  fs::create_symlink(".", scratch() / "here");
  check_refused("--config c.json --check-only --json r --csv ./r", "--json and --csv both go to");
  check_refused("--config c.json --check-only --json r --markdown folder/../r", "both go to");
  check_refused("--config c.json --check-only --json r --markdown here/r", "both go to");
  check_refused("--config c.json --check-only --json old.csv --junit to_old", "both go to");
  check_refused("--config c.json --check-only --dump m --csv m/index.json", "--dump writes there");
  check_refused("--config c.json --check-only --dump m --csv here/m/g0_acc1.npy", "--dump writes there");
  CHECK(read(scratch() / "old.csv") == "old");
  CHECK(run_tool("--config c.json --check-only --dump m --csv m/r.csv").code == 0);
  const Outcome both = run_shell("\"$TOOL\" --config c.json --check-only --json r.json > r.json");
  CHECK(both.code == 2);
  CHECK(contains(both.err, "stdout goes there"));
}

TEST_CASE("a report is not written through a link that leads nowhere") {
  write("c.json", kTiny);
  fs::create_symlink("nowhere", scratch() / "dangling");
  check_refused("--config c.json --check-only --json dangling", "a link to nowhere, which does not exist");
  CHECK(fs::is_symlink(scratch() / "dangling"));
  CHECK_FALSE(fs::exists(scratch() / "nowhere"));
}

TEST_CASE("a dump replaces no index that is not a dump's, and nothing that the run loads") {
  write("c.json", kTiny);
  fs::create_directory(scratch() / "site");
  write("site/index.json", R"({"pages": []})");
  check_refused("--config c.json --check-only --dump site", "is no index of a dump");
  CHECK(read(scratch() / "site/index.json") == R"({"pages": []})");
  CHECK(files_in(scratch() / "site") == 1);

  REQUIRE(run_tool("--config c.json --check-only --dump m").code == 0);
  CHECK(run_tool("--config c.json --check-only --dump m").code == 0);  // its own it may
  const std::string index = read(scratch() / "m/index.json");
  fs::create_directory_symlink("m", scratch() / "other");
  check_refused("--load m --check-only --dump m", "this run reads");
  check_refused("--load m --check-only --dump other", "this run reads");
  CHECK(read(scratch() / "m/index.json") == index);
}

TEST_CASE("a folder that cannot take the dump is refused before anything is computed") {
  write("c.json", kTiny);
  check_refused("--config c.json --check-only --dump /proc/self",
                "/proc/self: cannot write into this folder");
  std::string emoji;
  for (int i = 0; i < 70; ++i) emoji += "\xF0\x9F\x98\x80";
  write("long.json", R"({"problems": [{"m": 1, "n": 8, "k": 16}, {"name": ")" + emoji +
                         R"(", "m": 1, "n": 8, "k": 16}]})");
  check_refused("--config long.json --check-only --dump d", "File name too long");
}

TEST_CASE("a run that is refused leaves no folder of its dump behind, and takes none that was there") {
  write("c.json", kTiny);
  write("too_big.json", R"({"m": 1048576, "n": 1048576, "k": 65536})");
  write("two.json", R"({"problems": [{"name": "one", "m": 1, "n": 8, "k": 16}, {"m": 1, "n": 8, "k": 16}]})");
  fs::create_directories(scratch() / "mine/empty");
  check_refused("--config too_big.json --dump new/folder", "needs");
  check_refused("--config c.json --check-only --dump new/folder --csv no/such/r.csv", "no/such/r.csv");
  check_refused("--config two.json --check-only --dump new --csv new/one/index.json", "--dump writes there");
  CHECK_FALSE(fs::exists(scratch() / "new"));
  check_refused("--config too_big.json --dump mine/empty", "needs");
  CHECK(fs::is_directory(scratch() / "mine/empty"));
  REQUIRE(run_tool("--config two.json --check-only --dump new").code == 0);
  CHECK(fs::exists(scratch() / "new/one/index.json"));
}

TEST_CASE("problems whose names differ in a backslash alone have folders of their own") {
  write("two.json", R"({"problems": [{"name": "a\\b", "m": 1, "n": 8, "k": 16},
                                     {"name": "a_b", "m": 2, "n": 8, "k": 16}]})");
  REQUIRE(run_tool("--config two.json --check-only --dump d").code == 0);
  CHECK(contains(read(scratch() / "d/a\\b/index.json"), R"("name": "a\\b")"));
  CHECK(contains(read(scratch() / "d/a_b/index.json"), R"("name": "a_b")"));
}

TEST_CASE("an old report stays until the run can begin") {
  write("too_big.json", R"({"m": 1048576, "n": 1048576, "k": 65536})");
  write("r.json", "old");
  check_refused("--config too_big.json --json r.json", "needs");
  CHECK(read(scratch() / "r.json") == "old");
}

TEST_CASE("a full disk is named by the report's own name, and leaves nothing beside it") {
  nvfp4bench::test::skip_under_sanitizers("their OpenMP makes a file of its own");
  write("c.json", kTiny);
  fs::create_directory(scratch() / "small");
  // No file may grow beyond one block.
  const Outcome outcome =
      run_shell("ulimit -f 1; \"$TOOL\" --config c.json --check-only --quiet --json small/r.json");
  CAPTURE(outcome.err);
  CHECK(outcome.code == 2);
  CHECK(contains(outcome.err, "cannot write small/r.json: File too large"));
  CHECK(fs::is_empty(scratch() / "small"));
}

TEST_CASE("SIGTERM ends the wait for a pipe's reader") {
  write("c.json", kTiny);
  const Outcome outcome = run_shell(R"(mkfifo pipe
    "$TOOL" --config c.json --check-only --json pipe > out & tool=$!
    until grep -q two_pass out || ! kill -0 $tool; do sleep 0.1; done
    sleep 0.3; kill -TERM $tool
    (sleep 10; kill -KILL $tool) 2> /dev/null > /dev/null & watch=$!
    wait $tool; code=$?
    kill $watch; exit $code)");
  CAPTURE(outcome.err);
  CHECK(outcome.code == 130);
  CHECK(contains(outcome.err, "waited for its reader"));
}

TEST_CASE("a pipe's reader gets the whole report, and one that leaves is an error") {
  write("c.json", kTiny);
  const Outcome whole = run_shell(R"(mkfifo pipe; timeout 30 cat pipe > copy & 
    "$TOOL" --config c.json --check-only --quiet --json pipe; code=$?; wait; exit $code)");
  CHECK(whole.code == 0);
  CHECK(nlohmann::json::parse(read(scratch() / "copy"))["interrupted"] == false);
  // More than a pipe holds, so that the reader is missed.
  std::string problems;
  for (int i = 0; i < 40; ++i) problems += (i == 0 ? "" : ",") + std::string(R"({"m": 0, "n": 8, "k": 16})");
  write("many.json", "{\"problems\": [" + problems + "]}");
  const Outcome left = run_shell(R"(mkfifo leaky; timeout 30 sh -c "exec 3< leaky; sleep 0.2" &
    "$TOOL" --config many.json --check-only --quiet --json leaky; code=$?; wait; exit $code)");
  CHECK(left.code == 2);
  CHECK(contains(left.err, "cannot write leaky: Broken pipe"));
}

TEST_CASE("what a killed run leaves behind says that it has not ended") {
  std::string problems;
  for (int i = 0; i < 100; ++i) problems += (i == 0 ? "" : ",") + std::string(R"({"m": 1, "n": 8, "k": 16})");
  write("long.json", "{\"problems\": [" + problems + "]}");
  const char* const script = R"(
    "$TOOL" --config long.json --min-time 0.2 --max-time 0.2 --quiet --json r.json & tool=$!
    until grep -q '"passed"' r.json || ! kill -0 $tool; do sleep 0.1; done
    kill -$SIGNAL $tool; wait $tool)";
  for (const auto& [signal, code] : {std::pair("KILL", 137), {"HUP", 130}, {"TERM", 130}}) {
    fs::remove(scratch() / "r.json");
    ::setenv("SIGNAL", signal, 1);
    const Outcome outcome = run_shell(script);
    CAPTURE(signal, outcome.err);
    CHECK(outcome.code == code);
    const nlohmann::json report = nlohmann::json::parse(read(scratch() / "r.json"));
    CHECK(report["interrupted"] == true);
    CHECK(report["problems"][0]["variants"][0]["verdict"]["status"] == "passed");
  }
}

TEST_CASE("nohup keeps a run alive") {
  write("c.json", kTiny);
  const Outcome outcome = run_shell(R"(trap '' HUP
    "$TOOL" --config c.json --variants cpu/two_pass --min-time 1 --max-time 1 --quiet & tool=$!
    sleep 0.7; kill -HUP $tool; wait $tool)");
  CHECK(outcome.code == 0);
}

TEST_CASE("an interrupted measurement keeps the samples that it has, and its problem is shown") {
  write("c.json", kTiny);
  const Outcome outcome = run_shell(R"(
    "$TOOL" --config c.json --min-time 60 --max-time 60 --json r.json 2>progress & tool=$!
    for i in $(seq 600); do grep -q timing progress && break; sleep 0.1; done
    kill -INT $tool; wait $tool)");
  CAPTURE(outcome.out, outcome.err);
  CHECK(outcome.code == 130);
  CHECK(contains(outcome.out, "cpu/fused_interleaved"));
  CHECK(contains(outcome.out, "3 passed, interrupted"));
  const nlohmann::json report = nlohmann::json::parse(read(scratch() / "r.json"));
  for (const nlohmann::json& variant : report["problems"][0]["variants"]) {
    CHECK(variant["status"] == "passed");
    CHECK(variant["timing"]["stopped_by"] == "interrupted");
    CHECK(variant["timing"]["samples_s"].size() > 1);
  }
}
