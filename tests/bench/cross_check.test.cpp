#include "bench/cross_check.hpp"

#include <initializer_list>

#include "bench/plausibility.hpp"
#include "catch.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::bench;

namespace {

constexpr double kUs = 1e-6;

place::Sample sample(double seconds, const place::OtherClocks& clocks) {
  place::Sample sample;
  sample.seconds = seconds;
  sample.clocks = clocks;
  return sample;
}

std::string why_not(const place::Sample& usual) {
  CrossCheck check;
  for (int i = 0; i < 5; ++i) check.add(usual);
  return check.why_not_believed();
}

bool starts_with(const std::string& text, const std::string& start) { return text.rfind(start, 0) == 0; }

Timing timing(double seconds) {
  Timing timing;
  timing.median = timing.min = seconds;
  return timing;
}

}  // namespace

TEST_CASE("a time is believed when the host's and the device's clocks bear it out") {
  CHECK(why_not(sample(100 * kUs, {110 * kUs, 104 * kUs, 15 * kUs})).empty());
  CHECK(why_not(place::Sample{.seconds = 1}).empty());  // no other clock: the host's own
}

TEST_CASE("work that continues after the end of the call, and clocks that disagree, are seen") {
  CHECK(starts_with(why_not(sample(100 * kUs, {110 * kUs, 104 * kUs, 200 * kUs})), "work continues"));
  CHECK(starts_with(why_not(sample(100 * kUs, {80 * kUs, 104 * kUs, 15 * kUs})),
                    "events give 100.0 us, but only 80.0 us passed"));
  CHECK(starts_with(why_not(sample(100 * kUs, {500 * kUs, 400 * kUs, 15 * kUs})),
                    "events give 100.0 us, the clock of the GPU 400.0 us"));
}

TEST_CASE("one sample during which the host was held up condemns nothing") {
  CrossCheck check;
  for (int i = 0; i < 4; ++i) check.add(sample(100 * kUs, {110 * kUs, 104 * kUs, 15 * kUs}));
  check.add(sample(100 * kUs, {90'000 * kUs, 104 * kUs, 50'000 * kUs}));
  CHECK(check.why_not_believed().empty());
}

TEST_CASE("a process whose clock says less than has passed outside is not believed") {
  struct Run {
    double seconds, outside_s;
  };
  const auto why_not_of = [](std::initializer_list<Run> runs) {
    CrossCheck check;
    for (const Run& run : runs) check.add(place::Sample{.seconds = run.seconds, .outside_s = run.outside_s});
    return check.why_not_believed();
  };
  CHECK(why_not_of({{0.1, 0.12}, {0.1, 0.11}, {0.1, 0.9}, {0.1, 0.12}, {0.1, 0.11}, {0.1, 0.12}}).empty());
  CHECK(
      starts_with(why_not_of({{0.1, 0.22}, {0.1, 0.21}, {0.1, 0.22}, {0.1, 0.22}, {0.1, 0.21}, {0.1, 0.22}}),
                  "by the clock of its process a run took 100000.0 us, but 2"));
  CHECK(why_not_of({{0.1, 0.22}, {0.1, 0.21}, {0.1, 0.22}, {0.1, 0.22}, {0.1, 0.21}})
            .empty());  // too few to say
  // Held up all but once.
  CHECK(why_not_of({{0.1, 0.9}, {0.1, 0.9}, {0.1, 0.12}, {0.2, 0.9}, {0.2, 0.9}, {0.2, 0.9}}).empty());
  // Honest only in runs that are longer than the median.
  CHECK_FALSE(why_not_of({{0.1, 0.3}, {0.1, 0.3}, {0.3, 0.31}, {0.1, 0.3}, {0.3, 0.31}, {0.1, 0.3}}).empty());
}

TEST_CASE("clocks of the board are summed up, and absent where it says nothing") {
  CrossCheck check;
  CHECK(check.clocks().empty());
  for (unsigned mhz : {1980u, 1755u, 1900u}) {
    place::Sample sample;
    sample.board.sm_clock_mhz = mhz;
    sample.board.throttle_reasons = mhz == 1755 ? 0x04 : 0;
    check.add(sample);
  }
  const std::vector<Summary> clocks = check.clocks();
  const Summary* median = find_summary(clocks, kSmClockTag);
  const Summary* least = find_summary(clocks, kSmClockMinTag);
  REQUIRE(median);
  REQUIRE(least);
  CHECK(median->unit == Unit::hertz);
  CHECK(median->value == 1900e6);
  CHECK(median->note == "held down by power cap");
  CHECK(least->value == 1755e6);
}

TEST_CASE("operands that no cache can hold take as long as memory needs for them") {
  const Work work{.flops = 1, .a_bytes = 0, .weight_bytes = 1'100'000'000, .output_bytes = 0};
  Limits limits{.ceilings = Ceilings{{"gpu", 1e12, 1e15, ""}}, .cold_cache_bytes = 100'000'000};
  const auto why_not = [&](double seconds, Method method) {
    return why_impossible(timing(seconds), method, work, limits);
  };
  CHECK(why_not(0.95e-3, Method::cold_graph).empty());
  CHECK(
      starts_with(why_not(0.90e-3, Method::cold_graph),
                  "with cold L2, CUDA graph it would read its operands from memory at 1111.1 GB/s at least"));
  CHECK(why_not(0.90e-3, Method::warm_graph).empty());  // nothing is known of its cache
}

TEST_CASE("no time is shorter than an empty kernel's, unless there is nothing to do") {
  const Limits limits{.launch_floor_s = 2 * kUs};
  CHECK(starts_with(why_impossible(timing(1.5 * kUs), Method::cold_graph, Work{.flops = 1}, limits),
                    "its median, 1.50 us"));
  CHECK(why_impossible(timing(2.5 * kUs), Method::cold_graph, Work{.flops = 1}, limits).empty());
  CHECK(why_impossible(timing(1.5 * kUs), Method::cold_graph, Work{}, limits).empty());
  CHECK(why_impossible(timing(1.5 * kUs), Method::rotated_graph, Work{.flops = 1}, limits).empty());
}
