#include "bench/runner.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>

#include "bench/fake_variants.hpp"
#include "catch.hpp"
#include "place/host_place.hpp"
#include "validate/sample.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::bench;

namespace {

Problem small_problem() {
  Problem problem;
  problem.name = std::string("p");
  problem.output = OutputType::f32;
  for (int64_t m : {8, 3}) {
    Group& group = problem.groups.emplace_back();
    group.m = m;
    group.n = 24;
    group.k = 64;
  }
  return problem;
}

/// A bench of three fake variants on a clock in milliseconds; all of them right and 10 ms long until told
/// otherwise.
class FakeBench {
 public:
  FakeBench() { fake = Fake{}; }

  RunResult run() {
    RunResult result;
    const std::array<const kernels::Variant*, 3> all{&a, &b, &c};
    const Instruments instruments{
        .now = [this] { return fake.now_ms / 1000; },
        .available_memory_bytes = [this] { return available_bytes; },
        .processor_time = [this] { return processor_time; },
        .sleep = [this](double seconds) { processor_time->busy_s += others_busy * seconds; },
        .open_host =
            [this](const kernels::Machine& machine) {
              return std::make_unique<place::HostPlace>(
                  machine, [this] { return fake.now_ms / 1000; },
                  [this](Isa, int) {
                    if (++ceilings_measured > 1 && later_flops_per_s > 0)
                      ceiling_flops_per_s = later_flops_per_s;
                    return Ceilings{
                        {"this machine", ceiling_bytes_per_s, ceiling_flops_per_s, "set by the test"},
                        std::nullopt,
                        {{"L1", cache_bytes, cache_bytes_per_s, 0}}};
                  },
                  cache_bytes);
            },
        .open_device = {}};
    bench::run(jobs, std::span(all).first(variants), named, options, observer, result, instruments);
    return result;
  }

  /// The results of one problem, in the order of the variants.
  std::vector<VariantResult> run_one() { return run().problems.at(0).variants; }

  Fake& fake = Fake::instance();
  Fake::Script& script_a = fake.scripts[0];
  Fake::Script& script_b = fake.scripts[1];
  Fake::Script& script_c = fake.scripts[2];
  FakeVariant a = fake_variant(0);
  FakeVariant b = fake_variant(1);
  FakeVariant c = fake_variant(2);
  std::size_t variants = 2;
  bool named = false;

  Problem problem = small_problem();
  std::vector<Job> jobs{{problem}};
  RunOptions options = {.machine = {}, .min_time_s = 0, .max_time_s = 10};
  RunObserver observer;
  double ceiling_flops_per_s = 1e15;
  double later_flops_per_s = 0;  // what the second measurement says
  double ceiling_bytes_per_s = 1e12;
  int64_t cache_bytes = 0;  // nothing is swept, and nothing measured warm
  double cache_bytes_per_s = 1e13;
  std::optional<int64_t> available_bytes;
  std::optional<ProcessorTime> processor_time;
  double others_busy = 0;  // processors
  int ceilings_measured = 0;
};

/// A run that is right and takes `ms(run)`.
auto right_in(Fake& fake, std::function<double(int)> ms) {
  return [&fake, ms](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    fake.now_ms += ms(run);
  };
}

float* first_output(const ProblemView& view) { return static_cast<float*>(view.groups[0].c); }

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void check_failed(const VariantResult& result, const std::string& reason) {
  CAPTURE(result.reason);
  CHECK(result.status == Status::failed);
  CHECK(contains(result.reason, reason));
  CHECK_FALSE(result.timing);
  CHECK(result.summaries.empty());
}

void check_passed(const VariantResult& result) {
  CAPTURE(result.reason);
  CHECK(result.status == Status::passed);
  CHECK(result.timing);
}

}  // namespace

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

TEST_CASE("times are those of the timed runs alone, to the tick") {
  FakeBench bench;
  bench.variants = 1;
  bench.options.samples = 6;
  const std::vector<double> ms{40, 40, /* timed: */ 10, 12, 11, 15, 13, 14};
  bench.script_a.run = right_in(bench.fake, [&](int run) { return ms.at(run - 1); });
  const VariantResult result = bench.run_one().at(0);
  check_passed(result);
  REQUIRE(result.timing->samples.size() == 6);
  for (int i = 0; i < 6; ++i) CHECK(result.timing->samples[i] * 1000 == Approx(ms[i + 2]));
  CHECK(result.timing->median * 1000 == Approx(12.5));
  CHECK(result.timing->stopped_by == "sample limit");
  CHECK(result.workspace_bytes == 1000);
}

TEST_CASE("a variant warms up until two runs agree, and no longer than six runs") {
  FakeBench bench;
  bench.options.max_time_s = 1;
  bench.script_a.run =
      right_in(bench.fake, [](int run) { return run <= 3 ? 100 / run : 30; });  // 100 50 33 30 30
  bench.script_b.run = right_in(bench.fake, [](int run) { return run % 2 ? 20 : 40; });
  const auto results = bench.run_one();
  for (double sample : results[0].timing->samples) CHECK(sample * 1000 == Approx(30));
  const auto runs = [&](char variant) {
    return std::count(bench.fake.log.begin(), bench.fake.log.end(), variant);
  };
  CHECK(runs('a') - results[0].timing->samples.size() == 5);
  CHECK(runs('b') - results[1].timing->samples.size() == 6);
}

TEST_CASE("phases have the statistics of their own samples") {
  FakeBench bench;
  bench.variants = 1;
  bench.script_a.run = [&](int run, const ProblemView& view, kernels::RunContext& context) {
    write_exact(view);
    bench.fake.now_ms += 20;
    context.phases.end_phase("pass 1");
    bench.fake.now_ms += run % 2 == 0 ? 30 : 30.01;
    context.phases.end_phase("fusion");
  };
  const VariantResult result = bench.run_one().at(0);
  REQUIRE(result.summaries.size() == 2);
  CHECK(result.summaries[0].tag == "phase/pass_1");
  CHECK(result.summaries[0].value * 1000 == Approx(20));
  const Summary& fusion = result.summaries[1];
  CHECK(fusion.tag == "phase/fusion");
  CHECK(fusion.title == "fusion");
  CHECK(fusion.value * 1000 == Approx(30.005));
  CHECK(*fusion.share == Approx(30.005 / 50.005));
  CHECK(fusion.statistics->median == fusion.value);
  CHECK(fusion.statistics->samples.size() == result.timing->samples.size());
  CHECK(fusion.statistics->stopped_by == result.timing->stopped_by);
}

TEST_CASE("preparing weights has its own time, outside the runs'") {
  FakeBench bench;
  bench.script_a.prepare = [&] { bench.fake.now_ms += 500; };
  const auto results = bench.run_one();
  const Summary* preparation = find_summary(results[0].summaries, kWeightPreparationTag);
  REQUIRE(preparation);
  CHECK(preparation->value == Approx(0.5));
  CHECK(results[0].timing->median * 1000 == Approx(10));
  CHECK_FALSE(find_summary(results[1].summaries, kWeightPreparationTag));
}

TEST_CASE("variants are sampled in rounds whose order is drawn anew, and the same for a seed") {
  FakeBench bench;
  bench.variants = 3;
  bench.options.samples = 20;
  for (Fake::Script* script : {&bench.script_a, &bench.script_b, &bench.script_c}) {
    script->run = right_in(bench.fake, [](int run) { return 10 + 0.001 * run; });
  }
  bench.run();
  const std::string rounds = bench.fake.log.substr(6);  // after two validated runs each
  REQUIRE(rounds.size() % 3 == 0);
  bool order_changes = false;
  for (std::size_t i = 0; i < rounds.size(); i += 3) {
    std::string round = rounds.substr(i, 3);
    order_changes |= round != rounds.substr(0, 3);
    std::sort(round.begin(), round.end());
    CHECK(round == "abc");
  }
  CHECK(order_changes);

  const std::string first_log = std::exchange(bench.fake.log, "");
  bench.run();
  CHECK(bench.fake.log == first_log);
}

TEST_CASE("a variant that is wrong only on its third timed run fails and has no time") {
  FakeBench bench;
  bench.script_a.run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    if (run == 5) first_output(view)[7] += 1;
    bench.fake.now_ms += 10;
  };
  const auto results = bench.run_one();
  check_failed(results[0], "timed run 3: ");
  REQUIRE(results[0].verdict);
  CHECK(results[0].verdict->mismatches == 1);
  check_passed(results[1]);
}

TEST_CASE("a variant that leaves what memory held before fails, though that was right once") {
  FakeBench bench;
  bench.script_a.run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    if (run == 1) write_exact(view);
    bench.fake.now_ms += 10;
  };
  std::vector<float> last;  // of b: restores what it wrote, the poison of the run before
  bench.script_b.run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    const float poison = first_output(view)[3];
    write_exact(view);
    first_output(view)[3] = run == 1 ? first_output(view)[3] : last.back();
    last.push_back(poison);
    bench.fake.now_ms += 10;
  };
  const auto results = bench.run_one();
  check_failed(results[0], "the second run: ");
  CHECK(results[0].verdict->unwritten > 0);
  CHECK(results[0].verdict->unwritten == results[0].verdict->mismatches);
  check_failed(results[1], "the second run: ");
}

TEST_CASE("an output that was never written holds another poison in each of two runs") {
  FakeBench bench;
  bench.variants = 1;
  std::vector<uint32_t> found;
  bench.script_a.run = [&](int, const ProblemView& view, kernels::RunContext&) {
    uint32_t bits = 0;
    std::memcpy(&bits, view.groups[1].c, sizeof bits);
    found.push_back(bits);
    write_exact(view);
    bench.fake.now_ms += 10;
  };
  bench.run();
  REQUIRE(found.size() == 8);
  for (std::size_t i = 1; i < found.size(); ++i) CHECK(found[i] != found[i - 1]);
}

TEST_CASE("a variant that promises the same bits must keep to it, one that does not need only be right") {
  FakeBench bench;
  bench.b.numerics.deterministic = false;
  const auto wobbling = [&](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    float& element = first_output(view)[2];
    if (run >= 4) element = std::nextafter(element, std::numeric_limits<float>::infinity());
    bench.fake.now_ms += 10;
  };
  bench.script_a.run = bench.script_b.run = wobbling;
  const auto results = bench.run_one();
  check_failed(results[0],
               ": not the bits of the first run");  // once the element is not one that was changed
  check_passed(results[1]);

  bench.script_b.run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    if (run >= 4) first_output(view)[2] += 1;
    bench.fake.now_ms += 10;
  };
  check_failed(bench.run_one()[1], "timed run 2: ");
}

TEST_CASE("writing outside the output fails, in a timed run too") {
  FakeBench bench;
  bench.script_a.run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    if (run == 6) static_cast<float*>(view.groups[1].c)[3 * 24] = 0;
    bench.fake.now_ms += 10;
  };
  const auto results = bench.run_one();
  check_failed(results[0], "outside its output");
  check_passed(results[1]);
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

TEST_CASE("a time beyond the machine's arithmetic is rejected, and so is no time at all") {
  FakeBench bench;
  const double flops = static_cast<double>(count_work(bench.problem).flops);
  bench.ceiling_flops_per_s = flops / 0.010;  // 10 ms is just possible
  bench.script_a.run = right_in(bench.fake, [](int) { return 9.0; });
  const auto results = bench.run_one();
  CHECK(results[0].status == Status::rejected);
  CHECK(contains(results[0].reason, "GFLOP/s"));
  CHECK_FALSE(results[0].timing);
  check_passed(results[1]);

  bench.script_a.run = right_in(bench.fake, [](int) { return 0.0; });
  bench.options.max_time_s = 0;
  CHECK(contains(bench.run_one()[0].reason, "no clock"));
}

TEST_CASE("a time in which the operands cannot have come from memory is rejected") {
  FakeBench bench;
  const Work work = count_work(bench.problem);
  bench.ceiling_bytes_per_s = static_cast<double>(work.a_bytes + work.weight_bytes) / 0.010;
  bench.script_a.run = right_in(bench.fake, [](int) { return 9.0; });
  bench.script_b.run = right_in(bench.fake, [](int) { return 9.2; });
  const auto results = bench.run_one();
  CHECK(results[0].status == Status::rejected);
  CHECK(contains(results[0].reason, "with cold caches it would read its operands from memory at"));
  CHECK_FALSE(results[0].timing);
  check_passed(results[1]);  // within what the ceiling may be wrong by
}

TEST_CASE("one lucky run does not make reading impossible, but impossible arithmetic") {
  FakeBench bench;
  const Work work = count_work(bench.problem);
  const auto lucky = [](int run) { return run == 5 ? 1.0 : 10.0; };
  bench.script_a.run = right_in(bench.fake, lucky);
  bench.ceiling_bytes_per_s = static_cast<double>(work.a_bytes + work.weight_bytes) / 0.010;
  check_passed(bench.run_one()[0]);
  bench.ceiling_flops_per_s = static_cast<double>(work.flops) / 0.010;
  CHECK(bench.run_one()[0].status == Status::rejected);
}

TEST_CASE("a warm time may beat memory, but not the caches") {
  FakeBench bench;
  bench.variants = 1;
  const Work work = count_work(bench.problem);
  const auto bytes = static_cast<double>(work.a_bytes + work.weight_bytes);
  bench.cache_bytes = 1 << 20;
  bench.ceiling_bytes_per_s = bytes / 0.010;
  bench.cache_bytes_per_s = bytes / 0.001;
  double warm_ms = 2;
  constexpr int kChecksAndSamples = 2 + 6;
  bench.script_a.run =
      right_in(bench.fake, [&](int run) { return run > kChecksAndSamples ? warm_ms : 10.0; });

  const VariantResult result = bench.run_one()[0];
  check_passed(result);
  CHECK(result.method == Method::cold_wall);
  CHECK(result.timing->median == Approx(0.010));
  REQUIRE(find_summary(result.summaries, "time/warm_wall"));
  CHECK(find_summary(result.summaries, "time/warm_wall")->value == Approx(0.002));

  warm_ms = 0.5;
  const VariantResult faster = bench.run_one()[0];
  CHECK(faster.status == Status::rejected);
  CHECK(contains(faster.reason, "with warm caches it would read its operands from L1 at"));
}

TEST_CASE("a ceiling that was measured too low condemns nobody, and is raised") {
  FakeBench bench;
  const double flops = static_cast<double>(count_work(bench.problem).flops);
  bench.ceiling_flops_per_s = flops / 0.020;
  bench.later_flops_per_s = flops / 0.010;
  const RunResult result = bench.run();
  check_passed(result.problems.at(0).variants.at(0));
  CHECK(result.machine->flops_per_s == bench.later_flops_per_s);
  CHECK(bench.ceilings_measured == 3);  // the last at the end of the run
}

TEST_CASE("methods other than the first take a share of the time budget at most, or what an interval needs") {
  FakeBench bench;
  bench.variants = 1;
  bench.cache_bytes = 1 << 20;
  bench.options.max_time_s =
      1.5;  // of which 0.15 s end within the eighth sample: a warm call, and one before it
  const VariantResult result = bench.run_one()[0];
  const Summary* warm = find_summary(result.summaries, "time/warm_wall");
  REQUIRE(warm);
  CHECK(warm->statistics->samples.size() == 8);
  CHECK(warm->statistics->stopped_by == "time budget");
  bench.options.max_time_s = 0.2;
  CHECK(find_summary(bench.run_one()[0].summaries, "time/warm_wall")->statistics->samples.size() == 6);
}

TEST_CASE("checking alone takes no times and measures no ceilings") {
  FakeBench bench;
  bench.options.check_only = true;
  const RunResult result = bench.run();
  CHECK(result.problems[0].variants[0].status == Status::passed);
  CHECK_FALSE(result.problems[0].variants[0].timing);
  CHECK_FALSE(result.machine);
  CHECK(bench.ceilings_measured == 0);
  CHECK(bench.fake.log == "aabb");
}

TEST_CASE("timing alone computes no reference, yet catches a wrong output") {
  FakeBench bench;
  bench.options.time_only = true;
  bench.observer.reference = [](auto&...) { FAIL("computed the reference"); };
  bench.script_a.run = [&](int, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    for (int i = 0; i < 8 * 24; ++i) first_output(view)[i] *= 2;
    bench.fake.now_ms += 10;
  };
  const auto results = bench.run_one();
  CHECK(results[0].status == Status::failed);
  check_passed(results[1]);
}

TEST_CASE("timing alone checks the elements that the seed of the run picks, not the problem's") {
  FakeBench bench;
  bench.options.time_only = true;
  bench.jobs[0].problem.groups = {{.m = 100, .n = 96, .k = 64}};
  const auto picks = [&](uint64_t seed) {
    ProblemView view{Op::dual_gemm_silu, OutputType::f32, {}};
    view.groups.resize(1);
    view.groups[0].a.rows = 100;
    view.groups[0].b1.rows = 96;
    view.groups[0].a.l = 1;
    return validate::sample_places(view, 4096, seed);
  };
  const validate::Place wrong = picks(1).front();
  const auto others = picks(2);
  REQUIRE(std::find(others.begin(), others.end(), wrong) == others.end());
  bench.a.numerics.deterministic = false;
  bench.script_a.run = [&](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    if (run == 1)
      first_output(view)[wrong.row * 96 + wrong.n] += 1;  // later runs look where operands changed
    bench.fake.now_ms += 10;
  };
  bench.options.sample_seed = 1;
  CHECK(bench.run_one()[0].status == Status::failed);
  bench.options.sample_seed = 2;
  CHECK(bench.run_one()[0].status == Status::passed);
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
