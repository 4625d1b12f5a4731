// Trust is judged in each group, over all reasons.
#include "validate/conclude.hpp"

#include <string>
#include <vector>

#include "catch.hpp"

namespace nvfp4bench::validate {
namespace {

Verdict concluded(const std::vector<GroupEvidence>& groups) {
  Verdict verdict;
  for (const GroupEvidence& group : groups) verdict.elements += group.checked;
  verdict.checked = verdict.elements;
  conclude(verdict, OutputType::f16, groups);
  CHECK(verdict.reason.empty() == (verdict.status == Status::passed));
  return verdict;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("reasons add up") {
  CHECK(concluded({{0, 1000, 500, 0, 0}}).status == Status::passed);
  CHECK(concluded({{0, 1000, 501, 0, 0}}).status == Status::mistrusted);
  CHECK(concluded({{0, 1000, 200, 200, 100}}).status == Status::passed);
  const Verdict verdict = concluded({{0, 1000, 201, 100, 250}});
  CHECK(verdict.status == Status::mistrusted);
  CHECK(
      verdict.reason ==
      "the match proves little: 25 % of the outputs could be any of more than 4 neighbouring values, 20.1 % "
      "are expected to be zero, 10 % are expected to be infinite or NaN; choose a fill with exact sums, a "
      "smaller k, state the variant's numerics more closely, or have its sums checked on exact data first");
}

TEST_CASE("a group in which nothing is proven does not hide behind the others") {
  std::vector<GroupEvidence> groups;
  for (int64_t g = 0; g < 20; ++g) groups.push_back({g, 1000, 10, 0, 0});
  CHECK(concluded(groups).status == Status::passed);
  groups[3].zero = 1000;
  const Verdict one = concluded(groups);
  CHECK(one.status == Status::mistrusted);
  CHECK(contains(one.reason, "little in group 3: 100 % of the outputs are expected to be zero; choose"));
  groups[11].wide = 600;
  CHECK(contains(concluded(groups).reason, "in groups 3 and 11: 50.5 %"));
  for (const int64_t g : {5, 6, 7, 8}) groups[g].saturated = 900;
  CHECK(contains(concluded(groups).reason, "in groups 3, 5, 6, 7 and 2 more: "));
}

TEST_CASE("empty groups say nothing, and small ones are judged together") {
  CHECK(concluded({}).status == Status::passed);
  CHECK(concluded({{0, 0, 0, 0, 0}}).status == Status::passed);
  CHECK(contains(concluded({{0, 0, 0, 0, 0}, {1, 100, 100, 0, 0}}).reason, "little: 100 %"));
  std::vector<GroupEvidence> small{{0, 1000, 0, 0, 0}, {1, 1, 1, 0, 0}, {2, 40, 5, 0, 0}, {3, 63, 40, 0, 0}};
  CHECK(concluded(small).status == Status::passed);  // 46 of 104
  small[2].wide = 10;
  CHECK(contains(concluded(small).reason, "in groups 1, 2 and 3: "));
}

TEST_CASE("a mismatch outweighs all doubts") {
  Verdict verdict;
  verdict.elements = verdict.checked = 1000;
  verdict.mismatches = 1;
  conclude(verdict, OutputType::f16, std::vector<GroupEvidence>{{0, 1000, 1000, 0, 0}});
  CHECK(verdict.status == Status::failed);
}

}  // namespace
}  // namespace nvfp4bench::validate
