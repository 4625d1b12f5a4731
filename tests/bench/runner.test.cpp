#include "bench/runner.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "bench/fake_bench.hpp"
#include "catch.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::bench;

TEST_CASE("a problem is set up once, each variant is run twice, and only then is anything timed") {
  FakeBench bench;
  std::vector<std::string> steps;
  bench.script_a.run = bench.script_b.run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    steps.push_back(run <= 2 ? "check" : "time");
    write_exact(view);
    bench.fake.now_ms += 10;
  };
  bench.observer.reference = [&](auto&...) { steps.emplace_back("reference"); };
  bench.observer.output = [&](auto&...) { steps.emplace_back("output"); };
  bench.observer.updated = [&](auto&) { steps.emplace_back("updated"); };
  bench.observer.problem_done = [&](auto&...) { steps.emplace_back("done"); };
  bench.run();
  std::vector<std::string> expected{"updated", "reference", "check",  "output", "check",
                                    "updated", "check",     "output", "check",  "updated"};
  expected.insert(expected.end(), 11, "time");  // six samples each
  expected.insert(expected.end(), {"updated", "time", "updated", "updated", "done"});
  CHECK(steps == expected);
}

TEST_CASE("progress says what problem and variant a step is of") {
  FakeBench bench;
  std::vector<std::string> steps;
  bench.observer.progress = [&](std::string_view name, std::string_view detail) {
    steps.push_back(std::string(name).append(": ").append(detail));
  };
  bench.run();
  const auto some = [&](const std::string& part) {
    return std::any_of(steps.begin(), steps.end(), [&](const std::string& step) {
      return step.starts_with("p: ") && contains(step, part);
    });
  };
  CHECK(some("generating"));
  CHECK(some("reference"));
  CHECK(some("fake/a"));
  CHECK(some("fake/b"));
  CHECK(some("sample 6"));
}

TEST_CASE("a variant that finds when it is bound that it cannot run is skipped with its reason") {
  FakeBench bench;
  bench.script_a.bind = [] { throw kernels::CannotRun("no algorithm for k 16"); };
  const auto results = bench.run_one();
  CHECK(results[0].status == Status::skipped);
  CHECK(results[0].reason == "no algorithm for k 16");
  check_passed(results[1]);
}

TEST_CASE("what one variant throws ends that variant, wherever it throws, and no other") {
  FakeBench bench;
  bench.variants = 3;
  bench.script_a.bind = [] { throw std::bad_alloc(); };
  bench.script_b.run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    if (run == 5) throw std::runtime_error("lost the device");
    bench.fake.now_ms += 10;
  };
  const auto results = bench.run_one();
  CHECK(results[0].status == Status::errored);
  CHECK(results[0].reason == "std::bad_alloc");
  CHECK(results[1].status == Status::errored);
  CHECK(results[1].reason == "lost the device");
  CHECK_FALSE(results[1].timing);
  check_passed(results[2]);
}

TEST_CASE("a problem that cannot be set up errs, and the next one runs") {
  FakeBench bench;
  bench.jobs.insert(bench.jobs.begin(), bench.jobs[0]);
  bench.jobs[0].problem.fill = "no such fill";
  const RunResult result = bench.run();
  REQUIRE(result.problems.size() == 2);
  CHECK(result.problems[0].variants[0].status == Status::errored);
  CHECK(contains(result.problems[0].variants[0].reason, "no such fill"));
  check_passed(result.problems[1].variants[0]);
}

TEST_CASE("a stopped run keeps what is complete, and the samples of what is not") {
  FakeBench bench;
  bench.jobs.push_back(bench.jobs[0]);
  bench.script_a.run = [&](int, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    bench.fake.now_ms += 1000;
  };
  bench.options.max_time_s = 3;  // a ends after three samples, b goes on
  bench.script_b.run = right_in(bench.fake, [](int run) { return run % 2 ? 1 : 100; });
  std::size_t updates = 0;
  bench.observer.updated = [&](const RunResult&) { ++updates; };
  bench.observer.stop = [&] { return updates > 3; };  // the problem, two verdicts, the end of a
  const RunResult result = bench.run();
  CHECK(result.interrupted);
  REQUIRE(result.problems.size() == 1);
  check_passed(result.problems[0].variants[0]);
  const VariantResult& b = result.problems[0].variants[1];
  check_passed(b);
  REQUIRE(b.timing);
  CHECK(b.timing->stopped_by == "interrupted");
  CHECK((b.timing->samples.size() == 2 || b.timing->samples.size() == 3));  // as the last round was shuffled
  CHECK(updates == 5);                                                      // and the interrupted result
  CHECK(bench.script_b.kernels_alive == 0);
}

TEST_CASE("a run that is stopped before a variant has a sample keeps its verdict, and it stays pending") {
  FakeBench bench;
  bool stopped = false;
  bench.observer.progress = [&](std::string_view name, std::string_view detail) {
    stopped |= name == "p: fake/b" && detail == "second run";
  };
  bench.observer.stop = [&] { return stopped; };
  std::vector<std::string> shown;
  bench.observer.problem_done = [&](const RunResult& result, const ProblemResult& problem) {
    CHECK(result.interrupted);
    shown.push_back(problem.problem.name);
  };
  const RunResult result = bench.run();
  CHECK(result.interrupted);
  CHECK(shown.size() == 1);
  for (const VariantResult& variant : result.problems.at(0).variants) {
    CHECK(variant.status == Status::pending);
    REQUIRE(variant.verdict);
    CHECK(variant.verdict->status == Status::passed);
  }
}

TEST_CASE("a busy machine and samples around two values are said, and nothing of a quiet machine") {
  FakeBench bench;
  bench.processor_time = ProcessorTime{.processors = 2};
  CHECK(bench.run().problems.at(0).disturbances.empty());
  bench.others_busy = 2;
  bench.options.samples = 12;
  bench.script_b.run = right_in(bench.fake, [](int run) { return run % 2 ? 1 : 40; });
  const auto lines = bench.run().problems.at(0).disturbances;
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "other processes keep 2.0 of this machine's 2 processors busy");
  CHECK(lines[1] == "fake/b takes around 1 ms or, 50 % of its runs, around 40 ms");
  bench.options.check_only = true;
  CHECK(bench.run().problems.at(0).disturbances.empty());
}

TEST_CASE("load that comes and goes while a problem is measured is seen") {
  FakeBench bench;
  bench.variants = 1;
  bench.processor_time = ProcessorTime{.processors = 2};
  bench.options.samples = 20;
  // Ten seconds in all: busy from the fifth timed run to the fifteenth.
  bench.script_a.run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    bench.fake.now_ms += 1000;
    bench.others_busy = run >= 7 && run <= 17 ? 1.5 : 0;
  };
  CHECK(bench.run().problems.at(0).disturbances ==
        std::vector<std::string>{"other processes keep 1.5 of this machine's 2 processors busy"});
}

TEST_CASE("the time that a variant takes counts everything that is done with it, and nothing else") {
  FakeBench bench;
  bench.options.samples = 6;
  bench.script_a.bind = [&] { bench.fake.now_ms += 500; };
  bench.script_b.run = [&](int, const ProblemView&, kernels::RunContext&) {
    bench.fake.now_ms += 30;
    throw std::runtime_error("broken");
  };
  bench.c.why_not = [](auto&...) { return std::string("not here"); };
  bench.variants = 3;
  const auto results = bench.run_one();
  CHECK(results[0].elapsed_s == Approx(0.5 + 8 * 0.01));
  CHECK(results[1].elapsed_s == Approx(0.03));
  CHECK_FALSE(results[2].elapsed_s);
}

TEST_CASE("the ceilings are measured again at the end of a run with times") {
  FakeBench bench;
  bench.observer.problem_done = [&](const RunResult& result, const ProblemResult&) {
    CHECK_FALSE(result.machine_at_end);
    bench.ceiling_flops_per_s = 2e15;
  };
  const RunResult result = bench.run();
  CHECK(result.machine->flops_per_s == 1e15);
  REQUIRE(result.machine_at_end);
  CHECK(result.machine_at_end->flops_per_s == 2e15);
}

TEST_CASE("what is left of several problems counts what is done beside sampling, once that is known") {
  FakeBench bench;
  bench.variants = 1;
  bench.jobs = {{bench.problem}, {bench.problem}, {bench.problem}};
  bench.script_a.bind = [&] { bench.fake.now_ms += 7000; };
  bench.script_a.run = right_in(bench.fake, [](int) { return 500; });
  std::vector<std::string> steps;
  bench.observer.progress = [&](std::string_view name, std::string_view detail) {
    steps.push_back(std::string(name).append(": ").append(detail));
  };
  const auto said = [&](const std::string& part) {
    return std::any_of(steps.begin(), steps.end(),
                       [&](const std::string& step) { return step.starts_with(part); });
  };
  bench.run();
  CHECK(said("problem 1 of 3, at most 30 s of sampling left: p: "));
  // Binding and two checked runs: 8 s a problem.
  CHECK(said("problem 2 of 3, at most about 36 s left: p: "));
  CHECK(said("problem 3 of 3, at most about 18 s left: p: timing: fake/a, sample 3, at most 9 s left"));
  steps.clear();
  bench.options.check_only = true;
  bench.run();
  CHECK(said("problem 1 of 3: p: "));
  CHECK(said("problem 2 of 3, about 16 s left: p: "));
}

TEST_CASE("until a run has ended, its result says that it has not") {
  FakeBench bench;
  bool begun = false;
  bench.observer.begun = [&](const RunResult& result) {
    begun = true;
    CHECK(result.interrupted);
    CHECK(result.problems.empty());
  };
  bench.observer.problem_done = [&](const RunResult& result, const ProblemResult&) {
    CHECK(result.interrupted);
  };
  bench.observer.updated = [&](const RunResult& result) { CHECK(result.interrupted); };
  CHECK_FALSE(bench.run().interrupted);
  CHECK(begun);
}

TEST_CASE("at every update, a result is either final or pending") {
  FakeBench bench;
  bench.observer.updated = [&](const RunResult& result) {
    for (const VariantResult& variant : result.problems.back().variants) {
      CHECK(variant.timing.has_value() == (variant.status == Status::passed));
      CHECK((variant.timing || variant.status == Status::pending));
    }
  };
  bench.run();
}

TEST_CASE("a variant that cannot run here is skipped with its reason and never bound") {
  FakeBench bench;
  bench.script_a.why_not = "needs K % 256 == 0";
  bench.script_a.bind = [] { FAIL("bound"); };
  const auto results = bench.run_one();
  CHECK(results[0].status == Status::skipped);
  CHECK(results[0].reason == "needs K % 256 == 0");
  check_passed(results[1]);
}

TEST_CASE("a problem that no variant can run is not generated") {
  FakeBench bench;
  bench.variants = 1;
  bench.script_a.why_not = "no device";
  bench.options.check_only = true;
  bench.observer.progress = [](std::string_view name, std::string_view) { FAIL(name); };
  CHECK(bench.run_one().at(0).reason == "no device");
}

TEST_CASE("variants of another operation are left out, or skipped if the user named them") {
  FakeBench bench;
  bench.a.op = Op::gemm;
  auto results = bench.run_one();
  REQUIRE(results.size() == 1);
  CHECK(results[0].variant == "fake/b");

  bench.named = true;
  results = bench.run_one();
  REQUIRE(results.size() == 2);
  CHECK(results[0].status == Status::skipped);
  CHECK(results[0].reason == "computes gemm, the problem is dual_gemm_silu");
  check_passed(results[1]);
}

TEST_CASE("a problem that does not fit memory stops the run before anything has begun") {
  FakeBench bench;
  bench.jobs.push_back(bench.jobs[0]);
  bench.jobs[1].problem.name = "giant";
  bench.jobs[1].problem.groups[0].m = bench.jobs[1].problem.groups[0].n = 1'000'000;
  bench.available_bytes = 1'000'000'000;
  bench.observer.progress = [](std::string_view name, std::string_view) { FAIL(name); };
  RunResult result;
  try {
    bench.run();
    FAIL("ran");
  } catch (const NotEnoughMemory& error) {
    CHECK(contains(error.what(), "giant needs "));
    CHECK(contains(error.what(), "1.00 GB"));
  }
  CHECK(bench.fake.log.empty());
}

TEST_CASE("kernels are gone when their sampling has ended") {
  FakeBench bench;
  bench.options.max_time_s = 1;
  std::vector<int> a_alive;
  bench.script_b.run = right_in(bench.fake, [&](int run) {
    a_alive.push_back(bench.script_a.kernels_alive);
    return run % 2 ? 10 : 50;
  });
  bench.run();
  CHECK(a_alive.front() == 1);
  CHECK(a_alive.back() == 0);  // a needed six samples, b took its whole second
  CHECK(bench.script_b.kernels_alive == 0);
}
