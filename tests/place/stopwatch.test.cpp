#include "place/stopwatch.hpp"

#include "catch.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::place;

TEST_CASE("a call's time and its phases, those of one name summed") {
  double now = 100;
  const auto call = [&](kernels::RunContext& context) {
    for (double group : {1.0, 2.0}) {
      now += 4 * group;
      context.phases.end_phase("pass 1");
      now += 8 * group;
      context.phases.end_phase("pass 2");
    }
    now += 64;  // after the last phase: part of the call alone
  };
  HostStopwatch stopwatch([&] { return now; }, call);
  const Sample sample = stopwatch.measure(Method::wall);
  CHECK(sample.seconds == 12 + 24 + 64);
  REQUIRE(sample.phases.size() == 2);
  CHECK(sample.phases[0].name == "pass 1");
  CHECK(sample.phases[0].seconds == 12);
  CHECK(sample.phases[1].name == "pass 2");
  CHECK(sample.phases[1].seconds == 24);
}

TEST_CASE("phases do not leak into the next measurement") {
  double now = 0;
  const auto call = [&](kernels::RunContext& context) {
    now += 1;
    context.phases.end_phase("pass 1");
  };
  HostStopwatch stopwatch([&] { return now; }, call);
  stopwatch.measure(Method::wall);
  const Sample second = stopwatch.measure(Method::wall);
  REQUIRE(second.phases.size() == 1);
  CHECK(second.phases[0].seconds == 1);
}
