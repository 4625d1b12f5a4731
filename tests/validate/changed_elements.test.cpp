#include "validate/changed_elements.hpp"

#include <algorithm>

#include "catch.hpp"
#include "simulated.hpp"

namespace nvfp4bench::validate {
namespace {

Problem ragged(Op op) {
  Problem problem;
  problem.op = op;
  problem.groups = {{.m = 9, .n = 14, .k = 96, .l = 2}, {.m = 0, .n = 5, .k = 16}, {.m = 1, .n = 3, .k = 16}};
  return problem;
}

TEST_CASE(
    "sums after a change are those of the changed operands, at the places that it touches and nowhere else") {
  const auto op = GENERATE(Op::dual_gemm_silu, Op::gemm);
  const Fill& fill = kFills[GENERATE(0, 1, 2, 3)];
  Simulation simulation(ragged(op), fill, 5);
  const Reference before = simulation.reference;
  Random random(17);
  for (int i = 0; i < 20; ++i) {
    const data::Change change = data::draw_change(simulation.view, random);
    const std::vector<Place> places = touched_places(simulation.view, change);
    CHECK(std::is_sorted(places.begin(), places.end()));
    CHECK(std::adjacent_find(places.begin(), places.end()) == places.end());
    const std::vector<ExactElement> elements = changed_elements(simulation.view, before, change, places, 2);
    const data::ChangedOperands changed(simulation.view, change);
    simulation.refresh_reference();

    REQUIRE(elements.size() == places.size());
    std::size_t next = 0;
    for (std::size_t g = 0; g < simulation.view.groups.size(); ++g) {
      const GroupView& group = simulation.view.groups[g];
      const GroupReference& now = simulation.reference.groups[g];
      for (int64_t index = 0; index < group.l() * group.m() * group.n(); ++index) {
        const Place place{static_cast<int64_t>(g), index / group.n(), index % group.n()};
        const bool touched = next < places.size() && places[next] == place;
        CHECK((touched ? elements[next].sum1 : before.groups[g].acc1[index]) == now.acc1[index]);
        if (op != Op::gemm)
          CHECK((touched ? elements[next].sum2 : before.groups[g].acc2[index]) == now.acc2[index]);
        next += touched;
      }
    }
    CHECK(next == places.size());
  }
}

TEST_CASE("a place with a NaN scale stays one") {
  Simulation simulation(ragged(Op::dual_gemm_silu), kFills[0], 5);
  data::Matrix& a = simulation.operands.groups[2].a;
  test::set_scale(a, 0, 0, 0, nvfp4::kUe4m3Nan);
  simulation.refresh_reference();
  Random random(17);
  const data::Change change = data::draw_change(simulation.view, random);
  const std::vector<Place> places = touched_places(simulation.view, change);
  for (const ExactElement& element :
       changed_elements(simulation.view, simulation.reference, change, places, 1))
    CHECK(element.nan == (element.place.group == 2));
}

}  // namespace
}  // namespace nvfp4bench::validate
