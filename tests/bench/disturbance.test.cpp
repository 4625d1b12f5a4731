#include "bench/disturbance.hpp"

#include <random>
#include <sstream>
#include <vector>

#include "catch.hpp"

using namespace nvfp4bench::bench;

namespace {

constexpr const char* kStat =
    "cpu  1000 200 300 4000 50 10 20 40 0 0\n"
    "cpu0 500 100 150 2000 25 5 10 20 0 0\n"
    "cpu1 500 100 150 2000 25 5 10 20 0 0\n"
    "intr 12 0\n";

}  // namespace

TEST_CASE("processor time is what the kernel counts, without idling and waiting for disks") {
  std::istringstream stat(kStat);
  const auto time = parse_processor_time(stat, 100);
  REQUIRE(time);
  CHECK(time->busy_s == Approx(15.3));
  CHECK(time->stolen_s == Approx(0.4));
  CHECK(time->processors == 2);
  for (const char* other : {"", "cpu  1000 200", "nothing"}) {
    std::istringstream text(other);
    CHECK_FALSE(parse_processor_time(text, 100));
  }
}

TEST_CASE("load and stolen time are said where they are enough to disturb") {
  const ProcessorTime before{.busy_s = 10, .stolen_s = 1, .processors = 2};
  const auto busy = [&](double busy_s) {
    return busy_processors(before, {.busy_s = busy_s, .stolen_s = 1, .processors = 2}, 0.1);
  };
  CHECK(busy_line(busy(10.04), 2).empty());
  CHECK(busy_line(busy(10.19), 2) == "other processes keep 1.9 of this machine's 2 processors busy");
  CHECK(busy_line(busy(10.21), 2) == "other processes keep 2.0 of this machine's 2 processors busy");
  CHECK(stolen_line(before, {.busy_s = 12, .stolen_s = 1.01, .processors = 2}, 1).empty());
  CHECK(stolen_line(before, {.busy_s = 12, .stolen_s = 1.3, .processors = 2}, 1) ==
        "the hypervisor gave 15 % of this machine's processor time to others");
}

TEST_CASE("two modes are seen, and one is not taken for two") {
  std::mt19937 random(1);
  std::normal_distribution<double> noise(1, 0.05);
  std::vector<double> samples;
  for (int i = 0; i < 30; ++i) samples.push_back((i % 3 == 0 ? 40.0 : 10.0) * noise(random));
  const auto modes = two_modes(samples);
  REQUIRE(modes);
  CHECK(modes->low == Approx(10).epsilon(0.05));
  CHECK(modes->high == Approx(40).epsilon(0.05));
  CHECK(modes->high_share == Approx(1.0 / 3));

  int taken_for_two = 0;
  for (int round = 0; round < 500; ++round) {
    std::lognormal_distribution<double> skewed(0, 0.3);
    std::vector<double> one;
    for (int i = 0; i < 10 + round % 90; ++i) one.push_back(skewed(random));
    taken_for_two += two_modes(one).has_value() ? 1 : 0;
  }
  CHECK(taken_for_two < 15);
  CHECK_FALSE(two_modes(std::vector<double>(20, 1.0)));
  CHECK_FALSE(two_modes(std::vector<double>{1, 1, 1, 9, 9, 9, 9, 9, 9}));
}
