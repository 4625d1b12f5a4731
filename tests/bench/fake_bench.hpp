// A bench of fake variants on a fake clock.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/fake_variants.hpp"
#include "bench/runner.hpp"
#include "catch.hpp"
#include "place/host_place.hpp"

namespace nvfp4bench::bench {

inline Problem small_problem() {
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
inline auto right_in(Fake& fake, std::function<double(int)> ms) {
  return [&fake, ms](int run, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    fake.now_ms += ms(run);
  };
}

inline float* first_output(const ProblemView& view) { return static_cast<float*>(view.groups[0].c); }

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline void check_failed(const VariantResult& result, const std::string& reason) {
  CAPTURE(result.reason);
  CHECK(result.status == Status::failed);
  CHECK(contains(result.reason, reason));
  CHECK_FALSE(result.timing);
  CHECK(result.summaries.empty());
}

inline void check_passed(const VariantResult& result) {
  CAPTURE(result.reason);
  CHECK(result.status == Status::passed);
  CHECK(result.timing);
}

}  // namespace nvfp4bench::bench
