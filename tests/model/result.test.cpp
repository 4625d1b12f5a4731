#include "model/result.hpp"

#include "catch.hpp"

using namespace nvfp4bench;

TEST_CASE("a variant is an idea on a target, a name without one is both") {
  VariantResult result;
  name_variant(result, "cpu/two_pass");
  CHECK(result.variant == "cpu/two_pass");
  CHECK(result.target == "cpu");
  CHECK(result.idea == "two_pass");
  name_variant(result, "mine");
  CHECK(result.target == "mine");
  CHECK(result.idea == "mine");
}
