#include "model/numerics.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "catch.hpp"

using namespace nvfp4bench;

TEST_CASE("a step order keeps its values itself") {
  CHECK(StepOrder().span().empty());
  std::vector<uint8_t> order(256);
  std::iota(order.rbegin(), order.rend(), uint8_t{0});
  const StepOrder kept{std::span<const uint8_t>(order)};
  const std::vector<uint8_t> given = std::exchange(order, {});
  CHECK(std::ranges::equal(kept.span(), given));
}

TEST_CASE("what is no order of whole steps is refused") {
  const auto ascending = [](std::size_t size) {
    std::vector<uint8_t> order(size);
    std::iota(order.begin(), order.end(), uint8_t{0});
    return order;
  };
  const auto make = [](const std::vector<uint8_t>& order) { return StepOrder(std::span(order)); };
  CHECK_NOTHROW(make(ascending(32)));
  CHECK_THROWS_AS(make(ascending(24)), std::invalid_argument);
  CHECK_THROWS_AS(make(ascending(272)), std::invalid_argument);
  std::vector<uint8_t> twice = ascending(32);
  twice[3] = 4;
  CHECK_THROWS_AS(make(twice), std::invalid_argument);
  std::vector<uint8_t> beyond = ascending(32);
  beyond[31] = 32;
  CHECK_THROWS_AS(make(beyond), std::invalid_argument);
}

TEST_CASE("every silu tier has its own name and its own row of errors") {
  for (const SiluTier tier : kSiluTiers) {
    CHECK(silu_error(tier).exp_base >= 4);  // no tier has an e^x better than 2 ulp
    CHECK(silu_error(tier).division >= 2);  // nor an addition and a division without rounding
  }
  CHECK(to_string(SiluTier::accurate) == "accurate");
  CHECK(to_string(SiluTier::approx) == "approx");
  CHECK(silu_error(SiluTier::approx).exp_per_g > 0);
}

TEST_CASE("the depth of a tree is its longest chain of additions") {
  CHECK(SumTree{SumTerm::product, 1, 0}.depth(7168) == 7167);
  CHECK(SumTree{SumTerm::block, 1, 0}.depth(7168) == 447);
  CHECK(SumTree{SumTerm::product, 8, 0}.depth(7168) == 895 + 7);
  CHECK(SumTree{SumTerm::product, 1, 1}.depth(4096) == 12);
  CHECK(SumTree{SumTerm::product, 1, 1}.depth(4112) == 13);
  CHECK(SumTree{SumTerm::product, 1, 128}.depth(4096) == 127 + 5);
  CHECK(SumTree{SumTerm::product, 8, 16}.depth(4096) == 15 + 5 + 7);
  CHECK(SumTree{SumTerm::block, 8, 0}.depth(32) == 1);  // two blocks: no more than two lanes have any
  CHECK(SumTree{SumTerm::block, 1, 4}.depth(16) == 0);
}

TEST_CASE("the parts of a split K are whole steps that cover K") {
  CHECK(SplitK{1, 16}.part_k(7168) == 7168);
  CHECK(SplitK{4, 16}.part_k(7168) == 1792);
  CHECK(SplitK{3, 64}.part_k(7168) == 2432);
  CHECK(SplitK{7, 16}.part_k(48) == 16);
}
