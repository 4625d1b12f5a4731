// What the two tiers of validation have shown, in every report.
#include <string>

#include "catch.hpp"
#include "report/describe.hpp"
#include "report/report.hpp"
#include "sample_runs.hpp"

using namespace nvfp4bench;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The second variant was run on exact data too.
RunResult two_tiers() {
  RunResult run = timed_run();
  VariantResult& v = run.problems[0].variants[1];
  v.numerics.accumulator = Accumulator::unknown_fp32;
  v.exact_sums.emplace();
  v.exact_sums->checked = v.verdict->checked = 1000;
  v.verdict->wide = 620;
  return run;
}

}  // namespace

TEST_CASE("one line says what exact data and what the problem's own have shown") {
  CHECK(report::proofs(timed_run().problems[0]).empty());
  RunResult run = two_tiers();
  ProblemResult& problem = run.problems[0];
  CHECK(
      report::proofs(problem) ==
      "cpu/fused_sequential: exact data of the same shapes prove its sums (1000 elements to the bit); its output "
      "here lies within the bounds of unknown_fp32, wide for 62 % of it.\n");
  CHECK(contains(report::terminal(run, problem, {false, 300}), "prove its sums (1000 elements"));
  CHECK(contains(report::markdown(run), "prove its sums"));
  problem.problem.groups[0].k = 16384;
  CHECK(contains(report::proofs(problem), "to the bit, 7280 of up to 16384 products a sum)"));
  problem.variants[1].exact_sums->status = Status::mistrusted;
  problem.variants[1].exact_sums->reason = "mostly zero";
  CHECK(contains(report::proofs(problem), "do not prove its sums (mostly zero)"));
  problem.variants[1].verdict->mismatches = 1;  // then the reason says enough
  CHECK(report::proofs(problem).empty());
}

TEST_CASE("CSV has what exact data have shown in a column of its own") {
  const std::string csv = report::csv(two_tiers());
  CHECK(contains(csv, ",exact_sums,"));
  CHECK(contains(csv, ",cold_wall,,passed,"));
  CHECK_FALSE(contains(report::csv(timed_run()), ",cold_wall,,passed,"));
}
