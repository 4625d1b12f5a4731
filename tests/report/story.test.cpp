#include <algorithm>
#include <sstream>
#include <string>

#include "catch.hpp"
#include "model/metrics.hpp"
#include "report/report.hpp"
#include "sample_runs.hpp"

using namespace nvfp4bench;

namespace {

std::string story_of(const RunResult& run) { return report::story(run, run.problems.at(0)); }

bool says(const std::string& text, const std::string& part) {
  UNSCOPED_INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the story prices temporaries, launches and the second pass over A, one by one") {
  CHECK(
      story_of(timed_run()) ==
      "cpu: fused_interleaved takes 451 ms, 12 % less than two_pass (512 ms): it saves 2 launches, one pass "
      "over A "
      "(4.13 MB) and writing and reading fp32 temporaries (67.1 MB in all). Of the 61.0 ms between them, "
      "21.0 ms is "
      "the fusion phase of two_pass. Launches and temporaries: fused_sequential takes 480 ms, 6.2 % less "
      "than "
      "two_pass (512 ms). The second pass over A: fused_interleaved takes 451 ms, 6.0 % less than "
      "fused_sequential "
      "(480 ms).\n\n"
      "CPU times are those with cold caches: before each call all threads read 67.0 MB of other memory, twice "
      "what their caches hold.\n\n"
      "Speed of light: the ceilings measured on this machine (20.0 GB/s from memory, 300 GFLOP/s) allow 401 ms, "
      "bound by "
      "arithmetic; cpu/fused_interleaved, the fastest, takes 1.13 times that. A B200 needs at least 36.0 us "
      "for "
      "this dual GEMM, bound by memory; cpu/fused_interleaved takes 13000 times that. The single GEMM needs "
      "18.8 us: the target published for these shapes is its.\n");
}

TEST_CASE("a read rate that moved while it was measured is said") {
  RunResult run = timed_run();
  CHECK_FALSE(says(story_of(run), "one rate"));
  run.machine->spread = 0.34;
  CHECK(says(story_of(run), "Reading memory did not go at one rate, the median was 13.2 GB/s."));
}

TEST_CASE("a time with warm caches has a roof of its own: that of the caches which hold the operands") {
  RunResult run = timed_run();
  Problem small;
  small.name = "small";
  small.groups = {{1, 512, 2048, 1, {}, {}}};
  run.problems = {problem_of(small)};
  VariantResult v = passed("cpu/two_pass", 100e-6, kTwoPass);
  v.summaries = {time_summary(tag_of(Method::warm_wall), "warm caches", timing_of(20e-6, 0.01))};
  run.machine->caches = {{"L2", 1 << 21, 100e9, 0.01}};
  run.problems[0].variants = {v};
  const double bytes = static_cast<double>(run.problems[0].work.bytes());
  CHECK(metrics_of(run, run.problems[0], v).roofline_fraction == Approx(bytes / 20e9 / 100e-6));
  CHECK(roofline_fraction(run, run.problems[0], false, Method::warm_wall, 20e-6) ==
        Approx(std::max(bytes / 100e9, static_cast<double>(run.problems[0].work.flops) / 300e9) / 20e-6));
  const std::string table = report::terminal(run, run.problems[0], {});
  const std::string row = table.substr(table.find("warm caches"));
  CHECK(says(row.substr(0, row.find('\n')), " 69.9"));
  CHECK(says(report::markdown(run), "| &nbsp; warm caches | 20.0 us | | | 69.9 % |"));
}

TEST_CASE("fewer than six samples have no interval, and nothing is concluded from them") {
  RunResult run = timed_run();
  run.problems[0].variants[2].timing->samples.resize(5);
  CHECK(says(story_of(run),
             "cpu: fused_interleaved takes 451 ms and two_pass 512 ms, of too few samples to be "
             "compared. The fusion phase of two_pass takes 21.0 ms."));
  CHECK_FALSE(says(report::terminal(run, run.problems[0], {}), "cpu/fused_interleaved   451.0 0.2"));
  CHECK_FALSE(says(story_of(run), "the fastest"));
  CHECK(says(report::markdown(run), "| 451 ms |"));
  CHECK(says(report::csv(run), ",5,"));
}

TEST_CASE("where only a sample was checked, passed does not look like more") {
  RunResult run = timed_run();
  CHECK_FALSE(says(report::terminal(run, run.problems[0], {}), "Only"));
  for (VariantResult& v : run.problems[0].variants) v.verdict->checked = 4096;
  const std::string line = "Only a sample of each output was checked: passed means no more than that.";
  CHECK(says(report::terminal(run, run.problems[0], {}), line));
  CHECK(says(report::markdown(run), line));
  run.sample_seed = 42;
  CHECK(says(report::terminal(run, run.problems[0], {}),
             "was checked, picked by --sample-seed 42: passed means"));
}

TEST_CASE("where there was nothing to check, passed does not look like more") {
  RunResult run = timed_run();
  for (VariantResult& v : run.problems[0].variants) v.verdict->checked = v.verdict->elements = 0;
  const std::string line = "no element was checked";
  CHECK(says(report::terminal(run, run.problems[0], {}), line));
  CHECK(says(report::markdown(run), line));
}

TEST_CASE("prose stops at 100 columns, however wide the terminal") {
  const RunResult run = timed_run();
  const std::string wide = report::terminal(run, run.problems[0], {.color = false, .width = 240});
  std::istringstream lines(wide);
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 100);
}

TEST_CASE("what disturbed the times is said") {
  RunResult run = timed_run();
  CHECK_FALSE(says(report::terminal(run, run.problems[0], {}), "Disturbed"));
  run.problems[0].disturbances = {"others were busy", "and more"};
  const std::string line = "Disturbed: others were busy; and more. Times may be too long.\n";
  CHECK(says(report::terminal(run, run.problems[0], {}), "\n\n" + line));
  CHECK(says(report::markdown(run), line));
}

TEST_CASE("overlapping intervals are no difference, whichever median is smaller") {
  RunResult run = timed_run();
  auto& variants = run.problems[0].variants;
  variants[1].timing = timing_of(0.452, 0.01);
  CHECK(says(story_of(run),
             "no measurable difference between fused_interleaved (451 ms) and fused_sequential (452 ms)"));
  variants[1].timing = timing_of(0.450, 0.01);
  CHECK(says(story_of(run),
             "no measurable difference between fused_interleaved (451 ms) and fused_sequential (450 ms)"));
}

TEST_CASE("a fused kernel that is slower is called slower, whatever it saves") {
  RunResult run = timed_run();
  run.problems[0].variants[2].timing = timing_of(0.550, 0.001);
  CHECK(says(
      story_of(run),
      "fused_interleaved takes 550 ms, 7.4 % more than two_pass (512 ms), although it saves 2 launches"));
  CHECK(says(story_of(run), "The fusion phase of two_pass takes 21.0 ms."));
}

TEST_CASE("without a time of one variant, the story says what stays open and why") {
  RunResult run = timed_run();
  auto& variants = run.problems[0].variants;
  variants[1].status = Status::failed;
  variants[1].reason = "2 of 6 elements are wrong";
  variants[1].timing.reset();
  CHECK(says(
      story_of(run),
      "Not answered: what launches and temporaries cost and what the second pass over A costs, for want of a "
      "time of fused_sequential (failed: 2 of 6 elements are wrong)."));
  variants.erase(variants.begin());
  CHECK(says(story_of(run), "for want of a time of two_pass (not run) and fused_sequential (failed"));
  variants.erase(variants.begin() + 1);
  CHECK(says(story_of(run),
             "Not answered: what the second launch, the second read of A and the temporaries cost"));
}

TEST_CASE("only the published shapes are told whose target 19 us is") {
  RunResult run = timed_run();
  run.problems[0].problem.groups[0].m = 4096;  // the name alone is no proof
  run.problems[0].work = count_work(run.problems[0].problem);
  CHECK_FALSE(says(story_of(run), "target published"));
  CHECK(says(story_of(run), "The single GEMM A B1 alone needs 42.9 us."));
}

TEST_CASE("the story says how GPU times were taken, rotated operands only where they were measured") {
  RunResult run = timed_run();
  run.gpu.emplace();
  run.gpu->flush_bytes = 120'000'000;
  run.gpu->launch_floor_s = 2e-6;
  VariantResult& fastest = run.problems[0].variants[2];
  fastest.on_gpu = true;
  fastest.method = Method::cold_graph;
  CHECK(says(
      story_of(run),
      "Measured as GPU time, cold L2, CUDA graph: before each call 120 MB of other memory are read, twice "
      "the L2. An empty kernel takes 2.00 us."));
  fastest.summaries = {
      time_summary(tag_of(Method::rotated_graph), title_of(Method::rotated_graph), timing_of(0.440, 0.01))};
  CHECK(
      says(story_of(run),
           "twice the L2. With operands rotated, many calls follow one another, each on another copy of the "
           "operands; cpu/fused_interleaved takes 440 ms a call then. An empty kernel"));
}

TEST_CASE("a check without times tells no story") {
  RunResult run = timed_run();
  run.machine.reset();
  for (VariantResult& v : run.problems[0].variants) v.timing.reset();
  CHECK(story_of(run).empty());
}
