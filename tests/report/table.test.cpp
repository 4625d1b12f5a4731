#include <algorithm>
#include <sstream>

#include "catch.hpp"
#include "report/report.hpp"
#include "report/text_table.hpp"
#include "sample_runs.hpp"

using namespace nvfp4bench;

namespace {

std::string terminal_without_story(const RunResult& run, std::size_t problem, int width = 100) {
  const std::string text = report::terminal(run, run.problems.at(problem), {false, width});
  const std::string paragraphs = report::story(run, run.problems.at(problem));
  return paragraphs.empty() ? text : text.substr(0, text.find("\ncpu: "));
}

int widest_line(const std::string& text) {
  std::istringstream lines(text);
  int widest = 0;
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, report::display_width(line));
  return widest;
}

}  // namespace

TEST_CASE("the table shows every time with its spread, rates, roofline, speed-up and error") {
  CHECK(terminal_without_story(timed_run(), 0) ==
        R"(g8_k7168: dual_gemm_silu, 8 groups, M 64-248, N 4096, K 7168, f16 output, fill gpumode, seed 1,
120 GFLOP, 277 MB

  variant                 time   ±      p10-p90     rate  bytes  roof  vs two  status  worst  error
                            ms   %           ms  GFLOP/s   MB/s     %    pass            ulp  bound
  cpu/two_pass           512.0 0.2  509.4-517.1      235    541  78.3   1.00x  passed      1   0.52
    pass 1 (48 %)        245.0
    pass 2 (48 %)        246.0
    fusion (4.1 %)        21.0
  cpu/fused_sequential   480.0 0.2  477.6-484.8      251    577  83.5   1.07x  passed      1   0.52
  cpu/fused_interleaved  451.0 0.2  448.7-455.5      267    614  88.9   1.14x  passed      1   0.52
)");
}

TEST_CASE("a problem without a time shows reasons and first mismatches, and no empty columns") {
  CHECK(terminal_without_story(troubled_run(), 1) ==
        R"(größe "<&>" | α: dual_gemm_silu, 2 groups, M 0-2, N 3, K 16, L 1-2, f16 output, fill gpumode, seed
1, 384 FLOP, 84 B

  variant                status      worst  error
                                       ulp  bound
  cpu/two_pass           failed        inf   1234
    2 of 6 elements are wrong
  cpu/fused_sequential   errored         –      –
    std::bad_alloc:
    asked for 1,024 bytes
  cpu/fused_interleaved  mistrusted      –      –
    every element is zero
  sm90/two_pass          skipped         –      –
    no "Hopper" <GPU>
  sm100/two_pass         rejected        –      –
    faster than light

cpu/two_pass: the first of 2 wrong elements among 6 checked ones
  group  l  m  n          accepted  got  ulps off
      0  0  0  2  [0.25, 0.250244]  0.5      1024
      0  0  1  1          [-3, -3]  NaN       inf
)");
}

TEST_CASE("op gemm has no column against two_pass, and prepared weights are a row of their own") {
  RunResult run = timed_run();
  ProblemResult& p = run.problems[0];
  p.problem.op = Op::gemm;
  p.work = count_work(p.problem);
  p.variants = {passed("cpu/gemm", 0.25, kInterleaved)};
  p.variants[0].summaries = {
      time_summary(std::string(kWeightPreparationTag), "weights, once", timing_of(0.0123, 0.01))};
  const std::string text = report::terminal(run, p, {});
  CHECK(text.find("vs two") == std::string::npos);
  CHECK(text.find("two_pass") == std::string::npos);
  CHECK(text.find("    weights, once   12.3\n") != std::string::npos);
}

TEST_CASE("the table fits the terminal: the least needed columns go first") {
  const RunResult run = timed_run();
  for (const int width : {80, 90, 100})
    CHECK(widest_line(report::terminal(run, run.problems[0], {false, width})) <= width);
  const std::string narrow = terminal_without_story(run, 0, 90);
  CHECK(narrow.find("p10-p90") == std::string::npos);
  CHECK(narrow.find("bytes") != std::string::npos);
}

TEST_CASE("where no column can be spared any more, what belongs to a variant is stacked") {
  const RunResult timed = timed_run();
  const RunResult troubled = troubled_run();
  for (int width = 40; width < 80; ++width) {
    CAPTURE(width);
    CHECK(widest_line(report::terminal(timed, timed.problems[0], {false, width})) <= width);
    CHECK(widest_line(report::terminal(troubled, troubled.problems[1], {false, width})) <= width);
  }
  const std::string stacked = report::terminal(timed, timed.problems[0], {false, 50});
  CHECK(stacked.find(R"(
  cpu/two_pass  time ms 512.0  ± % 0.2
      rate GFLOP/s 235  roof % 78.3
      vs two pass 1.00x  status passed
      worst ulp 1  error bound 0.52
    pass 1 (48 %)  time ms 245.0
)") != std::string::npos);
}

TEST_CASE("a status that stands for a sample of the elements says so beside it") {
  RunResult run = timed_run();
  CHECK(report::terminal(run, run.problems[0], {}).find("checked") == std::string::npos);
  run.problems[0].variants[1].verdict->checked = 4096;
  const std::string table = terminal_without_story(run, 0);
  const std::size_t row = table.find("cpu/fused_sequential");
  CHECK(table.find("\n    4096 of 3768320 elements checked\n") == table.find('\n', row));
  CHECK(table.find("elements checked") == table.rfind("elements checked"));
  CHECK(report::markdown(run).find("| passed (4096 of 3768320 elements checked) |") != std::string::npos);
}

TEST_CASE("a time against two_pass is shown only where both have an interval") {
  RunResult run = timed_run();
  CHECK(terminal_without_story(run, 0).find("1.14x") != std::string::npos);
  run.problems[0].variants[2].timing->samples.resize(5);
  CHECK(terminal_without_story(run, 0).find("1.14x") == std::string::npos);
  CHECK(terminal_without_story(run, 0).find("1.07x") != std::string::npos);
  run.problems[0].variants[0].timing->samples.resize(5);
  CHECK(terminal_without_story(run, 0).find("vs two") == std::string::npos);
}

TEST_CASE("colour adds nothing but colour") {
  const RunResult run = troubled_run();
  for (const int width : {100, 40})
    for (const ProblemResult& p : run.problems) {
      std::string painted = report::terminal(run, p, {true, width});
      REQUIRE(painted.find("\x1b[") != std::string::npos);
      for (std::size_t at; (at = painted.find("\x1b[")) != std::string::npos;) {
        painted.erase(at, painted.find('m', at) - at + 1);
      }
      CHECK(painted == report::terminal(run, p, {false, width}));
    }
}

TEST_CASE("a problem of which nothing has run says so") {
  RunResult run;
  run.problems = {problem_of(g8_k7168())};
  CHECK(report::terminal(run, run.problems[0], {}).find("no variant has run") != std::string::npos);
}

TEST_CASE("ceilings that moved between the start and the end of a run are said, with both") {
  RunResult run = timed_run();
  CHECK(report::moved_ceilings(run).empty());
  run.machine_at_end->bytes_per_s = 8e9;
  const std::string moved = report::moved_ceilings(run);
  CHECK(moved.starts_with(
      "The ceilings of this machine moved during the run: memory from 20.0 GB/s to 8.00 GB/s. "));
  CHECK(report::markdown(run).find(moved) != std::string::npos);
  run.machine_at_end.reset();
  CHECK(report::moved_ceilings(run).empty());
}

TEST_CASE("the closing line counts every status and says how long it took") {
  CHECK(report::summary(timed_run(), {}) == "3 passed (77.4 s)");
  CHECK(report::summary(troubled_run(), {}) ==
        "3 passed, 1 failed, 1 mistrusted, 1 rejected, 1 errored, 1 skipped, interrupted (77.4 s)");
  CHECK(report::summary(RunResult{}, {}) == "nothing ran");
}

TEST_CASE("remarks stand under a variant, in the terminal and in Markdown, whatever its status") {
  RunResult run = timed_run();
  run.problems[0].variants[1].remarks = {"changed the locale (a|b)", "changed the rounding mode"};
  CHECK(terminal_without_story(run, 0).find("    remark: changed the locale (a|b)\n"
                                            "    remark: changed the rounding mode\n"
                                            "  cpu/fused_interleaved") != std::string::npos);
  CHECK(report::markdown(run).find("| passed<br>remark: changed the locale (a\\|b)<br>remark: changed the "
                                   "rounding mode | 1 ulp") != std::string::npos);
}

TEST_CASE("a report of variants that ran in the tool's own process says so") {
  RunResult run = timed_run();
  CHECK(report::summary(run, {}).find("in-process") == std::string::npos);
  run.metadata.in_process = true;
  CHECK(report::summary(run, {}).find("in-process") != std::string::npos);
  CHECK(report::markdown(run).find("in-process") != std::string::npos);
}
