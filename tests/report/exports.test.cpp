// What other programs read: CSV, Markdown and JUnit.
#include <algorithm>
#include <iterator>

#include "catch.hpp"
#include "report/report.hpp"
#include "sample_runs.hpp"

using namespace nvfp4bench;

namespace {

/// Fields of RFC 4180 text, row by row.
std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row{""};
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      row.back() += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      row.emplace_back();
    } else if (!quoted && c == '\r') {
      REQUIRE(text.at(++i) == '\n');
      rows.push_back(std::exchange(row, {""}));
    } else {
      row.back() += c;
    }
  }
  return rows;
}

}  // namespace

TEST_CASE("CSV keeps its header and has one full row a problem and variant") {
  const auto rows = parse_csv(report::csv(troubled_run()));
  REQUIRE(rows.size() == 1 + 3 + 5);
  for (const auto& row : rows) CHECK(row.size() == rows[0].size());
  const auto column = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(rows[0].begin(), rows[0].end(), name) - rows[0].begin());
  };
  CHECK(rows[0][0] == "problem");
  CHECK(rows[1][column("time_s_median")] == "0.512");
  CHECK(rows[1][column("samples")] == "6");
  CHECK(rows[4][column("problem")] == "größe \"<&>\" | α");
  CHECK(rows[4][column("max_ulps")] == "inf");
  CHECK(rows[4][column("time_s_median")].empty());
  CHECK(rows[5][column("reason")] == "std::bad_alloc:\nasked for 1,024 bytes");
  CHECK(rows[5][column("mismatches")].empty());
  CHECK(rows[1][column("phase/fusion_seconds")] == "0.021");
  CHECK(rows[2][column("phase/fusion_seconds")].empty());
  CHECK(rows[1][column("disturbances")].empty());
}

TEST_CASE("CSV says what disturbed the times of a problem") {
  RunResult run = timed_run();
  run.problems[0].disturbances = {"others were busy", "and more"};
  const auto rows = parse_csv(report::csv(run));
  const auto column = std::find(rows[0].begin(), rows[0].end(), "disturbances") - rows[0].begin();
  REQUIRE(column < std::ssize(rows[0]));
  for (std::size_t i = 1; i < rows.size(); ++i) CHECK(rows[i].at(column) == "others were busy; and more");
}

TEST_CASE("a measured summary that no report knows of is shown by its unit in all of them", "[host]") {
  RunResult run = timed_run();
  Summary read{.tag = "memory/dram_read", .title = "DRAM read", .unit = Unit::bytes, .value = 123e6};
  read.note = "of one call";
  run.problems[0].variants[1].summaries = {read};
  const auto rows = parse_csv(report::csv(run));
  CHECK(rows[0].back() == "memory/dram_read_bytes");
  CHECK(rows[1].back().empty());
  CHECK(rows[2].back() == "123000000");
  CHECK(report::markdown(run).find("| &nbsp; DRAM read | 123 MB | | | | | of one call | |\n") !=
        std::string::npos);
  const std::string table = report::terminal(run, run.problems[0], {});
  CHECK(table.find("123 MB\n    of one call\n") != std::string::npos);
  run.problems[0].variants[1].summaries[0].detail = true;
  CHECK(report::terminal(run, run.problems[0], {}).find("DRAM") == std::string::npos);
}

TEST_CASE("Markdown is one table a problem, and text cannot break out of a cell") {
  const std::string text = report::markdown(troubled_run());
  CHECK(text.find("## g8_k7168\n") != std::string::npos);
  CHECK(text.find("| `cpu/fused_interleaved` | 451 ms ±0.2 % | 267 GFLOP/s | 614 MB/s | – | 1.14x | passed | "
                  "1 ulp, 0.52 "
                  "of the bound |\n") != std::string::npos);
  CHECK(text.find("| &nbsp; fusion (4.1 %) | 21.0 ms | | | | | | |\n") != std::string::npos);
  CHECK(text.find("## größe \"&lt;&amp;>\" \\| α\n") != std::string::npos);
  CHECK(text.find("| errored: std::bad_alloc:<br>asked for 1,024 bytes | – |\n") != std::string::npos);
}

TEST_CASE("JUnit tells wrong, broken and skipped apart and escapes all text") {
  RunResult run = troubled_run();
  run.problems.erase(run.problems.begin());
  run.problems[0].variants[0].reason = "bad bytes: \x01 \xff \xc3";
  CHECK(report::junit(run) == R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nvfp4bench">
  <testsuite name="größe &quot;&lt;&amp;&gt;&quot; | α" tests="5" failures="3" errors="1" skipped="1" time="0.000000">
    <testcase classname="größe &quot;&lt;&amp;&gt;&quot; | α" name="cpu/two_pass">
      <failure type="failed" message="bad bytes: � � �"/>
    </testcase>
    <testcase classname="größe &quot;&lt;&amp;&gt;&quot; | α" name="cpu/fused_sequential">
      <error type="errored" message="std::bad_alloc:&#10;asked for 1,024 bytes"/>
    </testcase>
    <testcase classname="größe &quot;&lt;&amp;&gt;&quot; | α" name="cpu/fused_interleaved">
      <failure type="mistrusted" message="every element is zero"/>
    </testcase>
    <testcase classname="größe &quot;&lt;&amp;&gt;&quot; | α" name="sm90/two_pass">
      <skipped message="no &quot;Hopper&quot; &lt;GPU&gt;"/>
    </testcase>
    <testcase classname="größe &quot;&lt;&amp;&gt;&quot; | α" name="sm100/two_pass">
      <failure type="rejected" message="faster than light"/>
    </testcase>
  </testsuite>
</testsuites>
)");
  // How long the case took, not its kernel.
  const std::string timed = report::junit(timed_run());
  CHECK(timed.find("name=\"cpu/two_pass\" time=\"10.250000\"/>") != std::string::npos);
  CHECK(timed.find("skipped=\"0\" time=\"30.750000\">") != std::string::npos);
}
