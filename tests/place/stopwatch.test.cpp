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
  const Sample sample = stopwatch.measure(Method::cold_wall);
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
  stopwatch.measure(Method::cold_wall);
  const Sample second = stopwatch.measure(Method::cold_wall);
  REQUIRE(second.phases.size() == 1);
  CHECK(second.phases[0].seconds == 1);
}

TEST_CASE("what is done right after a call is outside of its time") {
  double now = 0;
  std::string order;
  const auto step = [&](char what, double takes) {
    return [&order, &now, what, takes] {
      order += what;
      now += takes;
    };
  };
  const auto call = [&](kernels::RunContext&) { step('c', 1)(); };
  HostStopwatch stopwatch([&] { return now; }, call, step('r', 10), true);
  CHECK(stopwatch.measure(Method::cold_wall).seconds == 1);
  CHECK(stopwatch.measure(Method::warm_wall).seconds == 1);
  CHECK(stopwatch.measure(stopwatch.once()).seconds == 1);
  CHECK(order == "crcrcr");
}

TEST_CASE("warm calls are offered where the caches can hold what they touch") {
  const Call call = [](kernels::RunContext&) {};
  const HostStopwatch fits(steady_seconds, call, {}, true);
  REQUIRE(fits.methods().size() == 2);
  CHECK(fits.methods()[0] == Method::cold_wall);
  CHECK(fits.methods()[1] == Method::warm_wall);
  CHECK(HostStopwatch(steady_seconds, call).methods().size() == 1);
}
