#include "kernels/sm90/schedule.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "catch.hpp"
#include "kernels/sm90/layout.hpp"

using namespace nvfp4bench::kernels::sm90;

namespace {

std::vector<ProductShape> products(const std::vector<uint32_t>& m, uint32_t n, uint32_t k) {
  std::vector<ProductShape> shapes;
  for (const uint32_t tokens : m) shapes.push_back({tokens, n, k});
  return shapes;
}

}  // namespace

TEST_CASE("every token of every row block is in exactly one tile") {
  const auto shapes = products({0, 1, 7, 127, 176, 177, 400, 2000, 0}, 1000, 512);
  const TileKind kind{.rows = GENERATE(128u, 256u), .max_tokens = GENERATE(160u, 176u)};
  const Schedule schedule = make_schedule(shapes, kind, GENERATE(1u, 7u, 132u));
  REQUIRE(schedule.first.back() == schedule.tiles.size());

  std::vector<std::vector<int>> covered;
  for (const ProductShape& p : shapes) covered.emplace_back(p.m * ((p.n + kind.rows - 1) / kind.rows));
  for (const Tile& tile : schedule.tiles) {
    const ProductShape& p = shapes[tile.product];
    REQUIRE(tile.first_row % kind.rows == 0);
    REQUIRE(tile.first_token % 8 == 0);
    REQUIRE(tile.tokens <= tile.columns);
    REQUIRE(tile.columns <= std::min(schedule.max_columns, kind.max_tokens));
    for (uint32_t m = tile.first_token; m < std::min(tile.first_token + tile.tokens, p.m); ++m)
      ++covered[tile.product][tile.first_row / kind.rows * p.m + m];
  }
  for (const auto& product : covered) {
    for (const int times : product) REQUIRE(times == 1);
  }
}

TEST_CASE("an SM runs its tiles in the order in which the kernel has its loops") {
  const Schedule schedule =
      make_schedule(products({80, 176, 128, 72, 64, 248, 96, 160}, 4096, 7168), {}, 132);
  for (uint32_t sm = 0; sm < 132; ++sm) {
    for (uint32_t t = schedule.first[sm] + 1; t < schedule.first[sm + 1]; ++t)
      REQUIRE(schedule.tiles[t - 1].columns >= schedule.tiles[t].columns);
  }
}

TEST_CASE("no SM has much more to do than the mean on the shipped problems") {
  const auto balance = [](const std::vector<uint32_t>& m, uint32_t n, uint32_t k) {
    const Schedule schedule = make_schedule(products(m, n, k), {}, 132);
    return schedule.mean / schedule.makespan;
  };
  CHECK(balance({80, 176, 128, 72, 64, 248, 96, 160}, 4096, 7168) > 0.94);
  CHECK(balance({40, 76, 168, 72, 164, 148, 196, 160}, 7168, 2048) > 0.96);
  CHECK(balance({128, 384}, 4096, 1536) > 0.96);
  CHECK(balance({256}, 4096, 7168) > 0.96);
  CHECK(balance({512}, 4096, 7168) > 0.96);
  CHECK(balance({1, 2, 4, 8, 16, 3, 5, 12}, 4096, 7168) > 0.94);
  // 24 row blocks do not divide 132 SMs: no cut of the tokens comes closer.
  CHECK(balance({192, 320}, 3072, 4096) > 0.84);
}

TEST_CASE("the order of tokens within a chunk is a permutation") {
  std::set<uint32_t> positions;
  for (uint32_t k = 0; k < kChunkK; ++k) positions.insert(token_position(k));
  CHECK(positions.size() == kChunkK);
  CHECK(*positions.rbegin() == kChunkK - 1);
}

TEST_CASE("the rings of every tile size fit an SM's shared memory") {
  for (const uint32_t columns : token_sizes()) {
    for (const uint32_t blocks : {1u, 2u}) {
      const SharedPlan plan = plan_shared(columns, blocks);
      CHECK(plan.total <= kSharedBytes);
      CHECK(plan.weight_stages >= 2);
      CHECK(plan.token_slots >= 2);
      // Swizzled tiles start at multiples of 1024 bytes.
      CHECK(plan.tokens % 1024 == 0);
      CHECK(plan.token_slot_bytes % 1024 == 0);
    }
  }
}
