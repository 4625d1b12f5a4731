#include "model/ceilings.hpp"

#include "catch.hpp"

using namespace nvfp4bench;

namespace {

/// 100 bytes at 1000 a second, 1000 more at 100, then memory at 10; 1e6 flops a second.
Ceilings ceilings() {
  return {{"m", 10, 1e6, "s"}, 0.25, {{"L1", 100, 1000, 0.5}, {"L2", 1000, 100, 0.125}}};
}

}  // namespace

TEST_CASE("a cold call reads from memory, however little") {
  for (const Method method : {Method::cold_wall, Method::cold_graph, Method::rotated_graph}) {
    const ReadLimit limit = read_limit(50, ceilings(), method).value();
    CHECK(limit.from == "memory");
    CHECK(limit.seconds == 5);
  }
}

TEST_CASE("a warm call reads from each level what those before it cannot hold") {
  const auto limit = [](int64_t bytes) { return read_limit(bytes, ceilings(), Method::warm_wall).value(); };
  CHECK(limit(100).from == "L1");
  CHECK(limit(100).seconds == 0.1);
  CHECK(limit(600).from == "L2");
  CHECK(limit(600).seconds == 5);
  CHECK(limit(600).bytes_per_s == 100);
  CHECK(limit(1100).from == "L2");  // all of it still fits
  CHECK(limit(2100).from == "memory");
  CHECK(limit(2100).seconds == 100);
  CHECK(limit(0).seconds == 0);
}

TEST_CASE("nothing is known of warm calls where caches are not") {
  CHECK_FALSE(read_limit(100, Ceilings{{"m", 10, 1e6, "s"}}, Method::warm_graph));
  CHECK_FALSE(speed_of_light_s(Work{.flops = 1}, Ceilings{{"m", 10, 1e6, "s"}}, Method::warm_graph));
}

TEST_CASE("the speed of light is that of reading, or of arithmetic if that is slower") {
  const Work work{.flops = 1'000'000, .a_bytes = 20, .weight_bytes = 60, .output_bytes = 20};
  CHECK(speed_of_light_s(work, ceilings(), Method::cold_wall) == 10.0);
  CHECK(speed_of_light_s(work, ceilings(), Method::warm_wall) == 1.0);
}

TEST_CASE("of two measurements, the rates that were reached count") {
  Ceilings other{{"m", 20, 5e5, "s"}, 0.125, {{"L1", 100, 900, 0.625}, {"L2", 1000, 200, 0}}};
  const Ceilings both = highest(ceilings(), other);
  CHECK(both.bytes_per_s == 20);
  CHECK(both.flops_per_s == 1e6);
  CHECK(both.spread == 0.25);
  CHECK(both.caches.at(0).bytes_per_s == 1000);
  CHECK(both.caches.at(0).spread == 0.625);
  CHECK(both.caches.at(1).bytes_per_s == 200);
}
