#include "model/summary.hpp"

#include <vector>

#include "catch.hpp"

using namespace nvfp4bench;

TEST_CASE("tags are paths without spaces", "[host]") {
  CHECK(tag_of(Method::rotated_graph) == "time/rotated_graph");
  CHECK(method_of("time/warm_wall") == Method::warm_wall);
  CHECK_FALSE(method_of("time/weight_preparation"));
  CHECK(phase_tag("stacked product") == "phase/stacked_product");
}

TEST_CASE("parts share their sum, unless there is none", "[host]") {
  std::vector<Summary> parts(2);
  share_out(parts);
  CHECK_FALSE(parts[0].share);
  parts[0].value = 3;
  parts[1].value = 1;
  share_out(parts);
  CHECK(*parts[0].share == 0.75);
  CHECK(*parts[1].share == 0.25);
}

TEST_CASE("a summary of times is their median", "[host]") {
  Timing timing;
  timing.samples = {1, 2, 4};
  timing.median = 2;
  const std::vector<Summary> summaries{time_summary("a", "A", {}), time_summary("b", "B", timing)};
  const Summary* found = find_summary(summaries, "b");
  REQUIRE(found);
  CHECK(found->title == "B");
  CHECK(found->unit == Unit::seconds);
  CHECK(found->value == 2);
  CHECK(found->statistics->samples.size() == 3);
  CHECK(find_summary(summaries, "c") == nullptr);
}
