// Two tiers: exact data prove the sums of variants whose order is unknown, or of all on request.
#include "bench/exact_tier.hpp"

#include <array>
#include <cmath>
#include <stdexcept>
#include <string>

#include "bench/fake_variants.hpp"
#include "catch.hpp"
#include "place/host_place.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::bench;

namespace {

/// One fake variant of unknown order on a problem whose bounds are wide then.
class TwoTiers {
 public:
  TwoTiers() {
    fake = Fake{};
    variant.numerics.accumulator = Accumulator::unknown_fp32;
    problem.name = std::string("p");
    problem.output = OutputType::f32;
    problem.groups = {{4, 24, 4096, 1, {}, {}}};
    options.check_only = true;
  }

  VariantResult run() {
    RunResult result;
    const std::array<const kernels::Variant*, 1> variants{&variant};
    const Instruments instruments{.now = [] { return 0.0; },
                                  .available_memory_bytes = [this] { return available_bytes; },
                                  .processor_time = [] { return std::optional<ProcessorTime>(); },
                                  .sleep = [](double) {},
                                  .open_host =
                                      [](const kernels::Machine& machine) {
                                        return std::make_unique<place::HostPlace>(
                                            machine, [] { return 0.0; },
                                            [](Isa, int) {
                                              return Ceilings{{"", 1e12, 1e15, ""}};
                                            },
                                            0);
                                      },
                                  .open_device = {}};
    const Job job{problem, operands};
    bench::run(std::span(&job, 1), variants, false, options, observer, result, instruments);
    return result.problems.at(0).variants.at(0);
  }

  /// Whether a view is of exact data: every scale is 1/2, 1 or 2.
  static bool exact(const ProblemView& view) {
    const uint8_t scale = view.groups[0].b1.scales[0];
    return (scale == 0x30 || scale == 0x38 || scale == 0x40) && view.groups[0].alpha1 != 1;
  }
  static float* output(const ProblemView& view) { return static_cast<float*>(view.groups[0].c); }

  Fake& fake = Fake::instance();
  FakeVariant variant = fake_variant(0);
  Problem problem;
  const data::Operands* operands = nullptr;
  RunOptions options = {.machine = {}};
  RunObserver observer;
  std::optional<int64_t> available_bytes;
};

}  // namespace

TEST_CASE("sums of unknown order are proven on exact data, and then wide bounds are no reason to mistrust") {
  TwoTiers tiers;
  std::string runs;
  tiers.fake.scripts[0].run = [&](int, const ProblemView& view, kernels::RunContext&) {
    runs += TwoTiers::exact(view) ? 'e' : 'o';
    write_exact(view);
  };
  const VariantResult result = tiers.run();
  CAPTURE(result.reason);
  CHECK(runs == "eoo");
  CHECK(result.status == Status::passed);
  REQUIRE(result.exact_sums);
  CHECK(result.exact_sums->status == Status::passed);
  CHECK(result.exact_sums->checked == 4 * 24);
  CHECK(result.exact_sums->wide == 0);
  CHECK(result.verdict->wide > result.verdict->checked / 2);  // mistrusted but for the exact data
}

TEST_CASE("a sum that is wrong on exact data alone fails, and the reason names the tier and the mismatch") {
  TwoTiers tiers;
  tiers.fake.scripts[0].run = [](int, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    // What a bound of unknown order lets pass at this length.
    if (TwoTiers::exact(view)) TwoTiers::output(view)[5] *= 1.0001f;
  };
  const VariantResult result = tiers.run();
  CHECK(result.status == Status::failed);
  CHECK(result.reason.starts_with(
      "on exact data (fill exact_full): 1 of 96 elements outside their interval, first at group 0, l 0, m 0, n 5: got "));
  REQUIRE(result.exact_sums);
  CHECK(result.exact_sums->mismatches == 1);
  CHECK_FALSE(result.verdict);
  CHECK(tiers.fake.log == "a");  // the problem's own data are never seen
}

TEST_CASE("a variant that is right on exact data alone fails on the problem's own") {
  TwoTiers tiers;
  tiers.fake.scripts[0].run = [](int, const ProblemView& view, kernels::RunContext&) {
    write_exact(view);
    if (!TwoTiers::exact(view)) TwoTiers::output(view)[5] += 1e6f;
  };
  const VariantResult result = tiers.run();
  CHECK(result.status == Status::failed);
  CHECK(result.exact_sums->status == Status::passed);
  CHECK(result.verdict->mismatches == 1);
}

TEST_CASE("a variant that breaks on exact data is errored there") {
  TwoTiers tiers;
  tiers.fake.scripts[0].run = [](int, const ProblemView&, kernels::RunContext&) {
    throw std::runtime_error("no");
  };
  const VariantResult result = tiers.run();
  CHECK(result.status == Status::errored);
  CHECK(result.reason == "on exact data (fill exact_full): no");
}

TEST_CASE("a declared order needs no exact data, unless they are asked for") {
  TwoTiers tiers;
  tiers.variant.numerics.accumulator = Accumulator::fp32_per_block;
  CHECK_FALSE(tiers.run().exact_sums);
  tiers.options.exact_first = true;
  CHECK(tiers.run().exact_sums);
  // The problem's own data are exact.
  tiers.problem.fill = "exact_full";
  const VariantResult result = tiers.run();
  CHECK(result.status == Status::passed);
  CHECK_FALSE(result.exact_sums);
}

TEST_CASE("timing alone samples the exact data too") {
  TwoTiers tiers;
  tiers.options.check_only = false;
  tiers.options.time_only = true;
  tiers.options.samples = 1;
  tiers.problem.groups[0].n = 128;
  const VariantResult result = tiers.run();
  REQUIRE(result.exact_sums);
  CHECK(result.exact_sums->status == Status::passed);
}

TEST_CASE("sums longer than exact data can fill are shown in parts, every k in some row") {
  TwoTiers tiers;
  tiers.problem.groups = {{3, 8, 16384, 1, {}, {}}};
  const VariantResult result = tiers.run();
  CHECK(result.status == Status::passed);
  CHECK(result.exact_sums->status == Status::passed);
}

TEST_CASE("given operands stay in memory beside exact ones") {
  TwoTiers tiers;
  const data::Operands given = data::generate(tiers.problem, 1);
  tiers.operands = &given;
  tiers.available_bytes = memory_needed_bytes(tiers.problem, 1);
  CHECK(tiers.run().exact_sums);
  --*tiers.available_bytes;
  CHECK_THROWS_AS(tiers.run(), NotEnoughMemory);
  tiers.variant.numerics.accumulator = Accumulator::fp32_per_block;
  CHECK_NOTHROW(tiers.run());
}
