// Hand-made results, for the tests of reports and of result files.
#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "model/phase.hpp"
#include "model/result.hpp"

namespace nvfp4bench {

/// Samples all alike, with an interval of `half_ci` (relative) around the median.
inline Timing timing_of(double median, double half_ci) {
  return {std::vector(6, median), median,        median * 0.99,
          median * 0.995,         median * 1.01, median * (1 - half_ci),
          median * (1 + half_ci), "precision"};
}

inline VariantResult passed(std::string_view name, double median, Structure structure,
                            double half_ci = 0.002) {
  VariantResult v;
  name_variant(v, name);
  v.summary = "a variant";
  v.status = Status::passed;
  v.numerics = {Accumulator::fp32_per_block, SiluTier::accurate, true};
  v.structure = structure;
  v.verdict.emplace();
  v.verdict->elements = v.verdict->checked = 3'768'320;
  v.verdict->max_ulps = 1;
  v.verdict->max_error_over_bound = 0.52;
  v.timing = timing_of(median, half_ci);
  v.method = Method::cold_wall;
  v.elapsed_s = 10.25;
  return v;
}

inline constexpr Structure kTwoPass{3, 2, true};
inline constexpr Structure kSequential{1, 2, false};
inline constexpr Structure kInterleaved{1, 1, false};

inline ProblemResult problem_of(Problem problem) {
  ProblemResult result;
  result.work = count_work(problem);
  result.problem = std::move(problem);
  return result;
}

/// The published problem that the story began with.
inline Problem g8_k7168() {
  Problem problem;
  problem.name = "g8_k7168";
  for (const int64_t m : {80, 176, 128, 72, 64, 248, 96, 160})
    problem.groups.push_back({m, 4096, 7168, 1, {}, {}});
  return problem;
}

/// All three variants timed, with phases, on a machine of 20 GB/s and 300 GFLOP/s.
inline RunResult timed_run() {
  RunResult run;
  run.metadata = {"0.1.0",
                  "abc1234",
                  "GNU 12.2.0",
                  "-O3",
                  "Release",
                  "A CPU",
                  "Linux",
                  "avx2",
                  2,
                  "2026-01-02T03:04:05Z",
                  {"nvfp4bench", "--config", "g8_k7168.json"}};
  run.machine = Ceilings{{"this machine", 20e9, 300e9, "measured"}, 0.02, {{"L2", 1 << 20, 100e9, 0.01}}};
  run.machine_at_end = Peak{"this machine", 19e9, 310e9, "measured"};
  run.sweep_bytes = 67'000'000;
  run.devices = {{"B200", 7.68e12, 6.9e15, "datasheet"}};
  run.elapsed_s = 77.4;
  ProblemResult problem = problem_of(g8_k7168());
  problem.generate_s = 0.31;
  problem.reference_s = 0.62;
  problem.variants = {passed("cpu/two_pass", 0.512, kTwoPass),
                      passed("cpu/fused_sequential", 0.480, kSequential),
                      passed("cpu/fused_interleaved", 0.451, kInterleaved)};
  problem.variants[0].workspace_bytes = 33'554'432;
  problem.variants[0].summaries = {
      time_summary(phase_tag(phase::kPass1), phase::kPass1, timing_of(0.245, 0.002)),
      time_summary(phase_tag(phase::kPass2), phase::kPass2, timing_of(0.246, 0.002)),
      time_summary(phase_tag(phase::kFusion), phase::kFusion, timing_of(0.021, 0.002))};
  share_out(problem.variants[0].summaries);
  run.problems = {problem};
  return run;
}

/// One of every other status, with awkward text: non-ASCII, commas, quotes, angle brackets, line breaks.
inline RunResult troubled_run() {
  RunResult run = timed_run();
  run.machine.reset();
  run.machine_at_end.reset();
  run.sweep_bytes = 0;
  run.interrupted = true;
  Problem small;
  small.name = "größe \"<&>\" | α";
  small.description = "a, b";
  small.groups = {{2, 3, 16, 1, 0.5F, 1.0F}, {0, 3, 16, 2, {}, {}}};
  ProblemResult problem = problem_of(small);
  const auto add = [&](std::string_view name, Status status, std::string reason) -> VariantResult& {
    VariantResult v;
    name_variant(v, name);
    v.status = status;
    v.reason = std::move(reason);
    problem.variants.push_back(std::move(v));
    return problem.variants.back();
  };
  VariantResult& failed = add("cpu/two_pass", Status::failed, "2 of 6 elements are wrong");
  Verdict& verdict = failed.verdict.emplace();
  verdict.status = Status::failed;
  verdict.reason = failed.reason;
  verdict.elements = verdict.checked = 6;
  verdict.mismatches = 2;
  verdict.unwritten = 1;
  verdict.exact_nan = 1;
  verdict.max_ulps = INFINITY;
  verdict.max_error_over_bound = 1234.5;
  verdict.first = {{0, 0, 0, 2, 0.25012, 0.25, 0.250244, 0.5, 1024},
                   {0, 0, 1, 1, -3, -3, -3, -NAN, INFINITY}};
  add("cpu/fused_sequential", Status::errored, "std::bad_alloc:\nasked for 1,024 bytes");
  add("cpu/fused_interleaved", Status::mistrusted, "every element is zero");
  add("sm90/two_pass", Status::skipped, "no \"Hopper\" <GPU>");
  add("sm100/two_pass", Status::rejected, "faster than light");
  run.problems.push_back(problem);
  return run;
}

}  // namespace nvfp4bench
