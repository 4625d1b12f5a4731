#include "place/rotation.hpp"

#include "catch.hpp"

using nvfp4bench::place::copies_to_rotate;

TEST_CASE("copies of the operands fill the L2 three times, at least two and at most eight of them") {
  constexpr int64_t kL2 = 50 << 20;
  CHECK(copies_to_rotate(kL2, kL2) == 3);
  CHECK(copies_to_rotate(kL2 - 1, kL2) == 4);
  CHECK(copies_to_rotate(10 * kL2, kL2) == 2);
  CHECK(copies_to_rotate(kL2 / 5, kL2) == 8);
}

TEST_CASE("operands that the L2 holds however often they are copied are not rotated") {
  CHECK(copies_to_rotate(101, 700) == 8);
  CHECK(copies_to_rotate(100, 700) == 1);
  CHECK(copies_to_rotate(0, 700) == 1);
}
