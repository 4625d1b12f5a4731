#include "kernels/sm90/plan/schedule.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "catch.hpp"
#include "kernels/sm90/plan/layout.hpp"

using namespace nvfp4bench::kernels::sm90;

namespace {

const std::vector kShapes{ShapeName::gemm, ShapeName::sequential, ShapeName::deep, ShapeName::narrow};

std::vector<ProductShape> products(const std::vector<uint32_t>& m, uint32_t n, uint32_t k) {
  std::vector<ProductShape> shapes;
  for (const uint32_t tokens : m) shapes.push_back({tokens, n, k});
  return shapes;
}

constexpr uint32_t kSms = 132;  // of an H200

/// The products of the shipped problems, and of a few small ones.
const std::vector<std::vector<ProductShape>> kShipped{
    products({80, 176, 128, 72, 64, 248, 96, 160}, 4096, 7168),
    products({40, 76, 168, 72, 164, 148, 196, 160}, 7168, 2048),
    products({192, 320}, 3072, 4096),
    products({128, 384}, 4096, 1536),
    products({256}, 4096, 7168),
    products({512}, 4096, 7168),
    products({256}, 3072, 4096),
    products({512}, 3072, 7168),
    products({1, 2, 4, 8, 16, 3, 5, 12}, 4096, 7168),
    products({0, 1}, 8, 32),
};

/// Cycles of the tiles of every group cut into as few near-equal tiles as fit, longest first.
std::vector<double> longest_first(const std::vector<ProductShape>& problem, ShapeName name) {
  const Shape shape = shape_of(name);
  std::vector<double> cycles;
  for (const ProductShape& p : problem) {
    const uint32_t units = (p.m + 7) / 8;
    const uint32_t parts = (p.m + shape.max_tokens - 1) / shape.max_tokens;
    for (uint32_t part = 0; part < parts; ++part) {
      const uint32_t tokens = 8 * (units / parts + (part < units % parts));
      const auto sizes = token_sizes();
      const auto fits =
          std::find_if(sizes.rbegin(), sizes.rend(), [=](uint32_t size) { return size >= tokens; });
      for (uint32_t n = 0; n < p.n; n += shape.tile_columns())
        cycles.push_back(tile_cycles(shape, *fits, p.k));
    }
  }
  std::sort(cycles.rbegin(), cycles.rend());
  return cycles;
}

/// Of tiles that go, one after the other, to the SM that is free first.
double makespan(const std::vector<double>& cycles, uint32_t num_sms) {
  std::vector<double> loads(num_sms);
  for (const double c : cycles) *std::min_element(loads.begin(), loads.end()) += c;
  return *std::max_element(loads.begin(), loads.end());
}

/// The tiles of one SM, in the order in which it runs them.
std::vector<Tile> tiles_of(const Schedule& schedule, uint32_t sm) {
  std::vector<Tile> tiles;
  for (uint32_t i = sm; schedule.tiles[i].columns != 0; i = schedule.tiles[i].next) {
    tiles.push_back(schedule.tiles[i]);
    if (schedule.tiles[i].next == 0) break;
  }
  return tiles;
}

}  // namespace

TEST_CASE("every token of every column is in exactly one tile, and an SM runs it") {
  const auto shapes = products({0, 1, 7, 127, 176, 177, 400, 2000, 0}, 1000, 512);
  const ShapeName name = GENERATE(from_range(kShapes));
  const Shape shape = shape_of(name);
  const uint32_t num_sms = GENERATE(1u, 7u, 132u);
  const Schedule schedule = make_schedule(shapes, name, num_sms);

  std::vector<std::vector<int>> covered;
  for (const ProductShape& p : shapes)
    covered.emplace_back(p.m * ((p.n + shape.tile_columns() - 1) / shape.tile_columns()));
  for (uint32_t sm = 0; sm < num_sms; ++sm) {
    for (const Tile& tile : tiles_of(schedule, sm)) {
      const ProductShape& p = shapes[tile.product];
      REQUIRE(tile.first_row % shape.tile_columns() == 0);
      REQUIRE(tile.first_token % 8 == 0);
      REQUIRE(tile.tokens % 8 == 0);
      // The smallest size that there is code for: no loop takes another.
      REQUIRE(tile.tokens <= tile.columns);
      const auto sizes = token_sizes();
      const auto size = std::find(sizes.begin(), sizes.end(), tile.columns);
      REQUIRE(size != sizes.end());
      REQUIRE((size + 1 == sizes.end() || *(size + 1) < tile.tokens));
      REQUIRE(tile.columns <= std::min(schedule.max_columns, shape.max_tokens));
      REQUIRE(tile.chunks == chunks_of(p.k));
      for (uint32_t m = tile.first_token; m < std::min(tile.first_token + tile.tokens, p.m); ++m)
        ++covered[tile.product][tile.first_row / shape.tile_columns() * p.m + m];
    }
  }
  for (const auto& product : covered) {
    for (const int times : product) REQUIRE(times == 1);
  }
}

TEST_CASE("an SM runs its tiles in the order in which the kernel has its loops") {
  const ShapeName name = GENERATE(from_range(kShapes));
  const Schedule schedule =
      make_schedule(products({80, 176, 128, 72, 64, 248, 96, 160}, 4096, 7168), name, 132);
  size_t most = 0;
  for (uint32_t sm = 0; sm < 132; ++sm) {
    const std::vector<Tile> tiles = tiles_of(schedule, sm);
    most = std::max(most, tiles.size());
    for (size_t t = 1; t < tiles.size(); ++t) REQUIRE(tiles[t - 1].columns >= tiles[t].columns);
  }
  CHECK(most > 1);
}

TEST_CASE("of several shapes, the one with the shortest makespan is taken") {
  const auto small = products({256}, 4096, 7168);
  const ShapeName both[] = {ShapeName::deep, ShapeName::narrow};
  const Schedule best = best_schedule(small, both, 132);
  CHECK(best.makespan == std::min(make_schedule(small, ShapeName::deep, 132).makespan,
                                  make_schedule(small, ShapeName::narrow, 132).makespan));
  // 64 tiles of 128 columns and 128 tokens would leave half of the SMs idle.
  CHECK(best.shape == ShapeName::narrow);
  CHECK(best_schedule(products({512}, 4096, 7168), both, 132).shape == ShapeName::deep);
}

TEST_CASE("the makespan is the longest list of tiles, and the mean that of all") {
  const ShapeName name = GENERATE(from_range(kShapes));
  for (const auto& problem : kShipped) {
    const Schedule schedule = make_schedule(problem, name, kSms);
    double longest = 0, sum = 0;
    for (uint32_t sm = 0; sm < kSms; ++sm) {
      double load = 0;
      for (const Tile& tile : tiles_of(schedule, sm))
        load += tile_cycles(shape_of(name), tile.columns, problem[tile.product].k);
      longest = std::max(longest, load);
      sum += load;
    }
    CHECK(schedule.makespan == Approx(longest));
    CHECK(schedule.mean == Approx(sum / kSms));
  }
}

TEST_CASE("no SM ends later than the mean by more than a tile, or than with as few tiles as fit") {
  const ShapeName name = GENERATE(from_range(kShapes));
  int better = 0;
  for (const auto& problem : kShipped) {
    const Schedule schedule = make_schedule(problem, name, kSms);
    const double simple = makespan(longest_first(problem, name), kSms);
    double longest_tile = 0;
    for (uint32_t sm = 0; sm < kSms; ++sm) {
      for (const Tile& tile : tiles_of(schedule, sm))
        longest_tile =
            std::max(longest_tile, tile_cycles(shape_of(name), tile.columns, problem[tile.product].k));
    }
    CAPTURE(static_cast<int>(name), problem.size(), problem[0].m, problem[0].n, problem[0].k);
    CHECK(schedule.makespan <= schedule.mean + longest_tile);
    CHECK(schedule.makespan <= simple * (1 + 1e-9));
    better += schedule.makespan < 0.9 * simple;
  }
  CHECK(better > 0);  // the search is worth its time
}

TEST_CASE("what divides evenly among the SMs is divided evenly") {
  const ShapeName name = GENERATE(from_range(kShapes));
  const auto even = products({64, 64}, kSms * shape_of(name).tile_columns(), 1024);
  const Schedule schedule = make_schedule(even, name, kSms);
  CHECK(schedule.makespan == Approx(schedule.mean));
}

TEST_CASE("every unit of the expansion is one SM's, and all SMs have nearly as many") {
  // One has fewer units than SMs.
  const auto shapes = GENERATE(products({1, 7, 128, 400}, 1000, 528), products({1}, 8, 32));
  const uint32_t num_sms = GENERATE(1u, 7u, 132u);
  const std::vector<ExpandShare> shares = share_expansion(shapes, num_sms);

  std::vector<std::vector<int>> done;
  for (const ProductShape& p : shapes) done.emplace_back(expand_units(p.m, p.k));
  std::vector<uint32_t> load(num_sms);
  for (uint32_t sm = 0; sm < num_sms; ++sm) {
    for (uint32_t i = sm;; i = shares[i].next) {
      const ExpandShare& share = shares[i];
      load[sm] += share.last - share.first;
      REQUIRE((share.first < share.last || i == sm));
      for (uint32_t unit = share.first; unit < share.last; ++unit) ++done[share.product][unit];
      if (share.next == 0) break;
    }
  }
  for (const auto& product : done) {
    for (const int times : product) REQUIRE(times == 1);
  }
  const auto [least, most] = std::minmax_element(load.begin(), load.end());
  CHECK(*most - *least <= 1);
}

TEST_CASE("the order of tokens within a chunk is a permutation") {
  std::set<uint32_t> positions;
  for (uint32_t k = 0; k < kChunkK; ++k) positions.insert(token_position(k));
  CHECK(positions.size() == kChunkK);
  CHECK(*positions.rbegin() == kChunkK - 1);
}

TEST_CASE("the rings of every shape and tile size fit an SM's shared memory") {
  for (const ShapeName name : kShapes) {
    const Shape shape = shape_of(name);
    for (const uint32_t columns : token_sizes()) {
      if (columns > shape.max_tokens) continue;
      const SharedPlan plan = plan_shared(shape, columns);
      CHECK(plan.total <= kSharedBytes);
      CHECK(plan.weight_stages >= 2);
      CHECK(plan.token_slots >= 2);
      CHECK(plan.weight_stages <= kMaxWeightStages);
      CHECK(plan.token_slots <= kMaxTokenSlots);
      // The regions lie one behind the other.
      CHECK(plan.tokens >= plan.weight_stages * shape.blocks() * code_bytes(shape));
      CHECK(plan.scales >= plan.tokens + plan.token_slots * plan.token_slot_bytes);
      CHECK(plan.patches >= plan.scales + plan.weight_stages * shape.blocks() * kScaleBytes);
      CHECK(plan.barriers >= plan.patches + shape.warpgroups * kPatchBytes);
      CHECK(plan.total >= plan.barriers + kBarriersBytes + 1024);
      CHECK(plan.barriers % 8 == 0);
      // A slot holds the panels of every tile that a launch with such tiles may have.
      for (uint32_t smaller = 8; smaller <= columns; smaller += 8)
        CHECK(plan.token_slot_bytes >= panels_per_slot(smaller) * smaller * kRowBytes);
      // Swizzled tiles start at multiples of 1024 bytes.
      CHECK(plan.tokens % 1024 == 0);
      CHECK(plan.token_slot_bytes % 1024 == 0);
    }
  }
}
