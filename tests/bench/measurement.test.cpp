// Times: of what, how many, and which are believed.
#include "bench/measurement.hpp"

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
