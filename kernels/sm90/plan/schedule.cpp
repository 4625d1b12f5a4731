#include "kernels/sm90/plan/schedule.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <queue>
#include <utility>

#include "kernels/sm90/plan/layout.hpp"
#include "kernels/sm90/plan/token_sizes.hpp"

namespace nvfp4bench::kernels::sm90 {
namespace {

#define NVFP4BENCH_LISTED(size) size,
constexpr uint32_t kSizes[] = {NVFP4BENCH_TOKEN_SIZES(NVFP4BENCH_LISTED)};
#undef NVFP4BENCH_LISTED
#define NVFP4BENCH_LISTED(size, other) size + other,
constexpr uint32_t kSameSizes[] = {NVFP4BENCH_TOKEN_SIZES_WITH(NVFP4BENCH_LISTED, 0)};
#undef NVFP4BENCH_LISTED
static_assert(std::ranges::equal(kSizes, kSameSizes));
static_assert(std::ranges::is_sorted(kSizes, std::greater<>()));

/// Cycles of an SM for one instruction with its share of the dequantisation, measured on an H200: the tensor
/// cores' N/2 for large tiles, integer work for small ones.
struct Rate {
  double tokens;
  double cycles;
};
/// Two warps an SM quadrant: shape `narrow`, and taken for gemm and sequential, which have no choice of
/// shape.
constexpr std::array kShallowRates{Rate{8, 36},  Rate{16, 39}, Rate{40, 47},    Rate{64, 56},
                                   Rate{80, 60}, Rate{96, 64}, Rate{128, 68.5}, Rate{176, 88.1}};
/// Four: shape `deep`.
constexpr std::array kDeepRates{Rate{8, 30},    Rate{16, 32},    Rate{64, 44.5},
                                Rate{96, 52.5}, Rate{112, 56.5}, Rate{128, 64.1}};
/// Cycles that a tile costs beyond its main loop, filling the pipeline and the epilogue: at least, and per
/// token.
struct Overhead {
  double least;
  double per_token;
};
constexpr Overhead kShallowOverhead{700, 16};
constexpr Overhead kDeepOverhead{1000, 22};
/// An SM's share of the DRAM rate, bytes a cycle.
constexpr double kBytesPerCycle = 19.3;

double instruction_cycles(const Shape& shape, uint32_t tokens) {
  const std::span<const Rate> rates =
      shape.warpgroups == 4 ? std::span<const Rate>(kDeepRates) : kShallowRates;
  const auto above =
      std::find_if(rates.begin(), rates.end(), [&](const Rate& r) { return r.tokens >= tokens; });
  if (above == rates.begin()) return above->cycles;
  if (above == rates.end()) return std::max(tokens / 2.0, rates.back().cycles);
  const auto below = above - 1;
  const double t = (tokens - below->tokens) / (above->tokens - below->tokens);
  return below->cycles + t * (above->cycles - below->cycles);
}

uint32_t size_for(uint32_t tokens) {
  return *(std::upper_bound(std::begin(kSizes), std::end(kSizes), tokens, std::greater<>()) - 1);
}

/// How a group's tokens are cut: into so many tiles, near-equal ones or all but the last as large as can be.
struct Cut {
  uint32_t parts = 0;
  bool equal = true;

  bool operator==(const Cut&) const = default;
};

/// Token tiles of a group, multiples of 8; equal ones differ by at most 8.
std::vector<Tile> cut(uint32_t product, uint32_t m, const Cut& how, uint32_t max_tokens) {
  const uint32_t units = (m + 7) / 8;
  std::vector<Tile> tiles;
  uint32_t token = 0;
  for (uint32_t i = 0; i < how.parts; ++i) {
    const uint32_t left = 8 * units - token;
    const uint32_t tokens = how.equal ? 8 * (units / how.parts + (i < units % how.parts))
                                      : std::min(max_tokens, left - 8 * (how.parts - 1 - i));
    tiles.push_back({.product = product,
                     .columns = static_cast<uint16_t>(size_for(tokens)),
                     .tokens = static_cast<uint16_t>(tokens),
                     .first_token = token});
    token += tokens;
  }
  return tiles;
}

struct Assignment {
  std::vector<std::vector<std::pair<double, Tile>>> lists;
  std::vector<double> loads;
  double makespan = 0;
};

/// Longest processing time first.
Assignment assign(std::vector<std::pair<double, Tile>> tiles, uint32_t num_sms) {
  std::stable_sort(tiles.begin(), tiles.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  Assignment result;
  result.lists.resize(num_sms);
  result.loads.resize(num_sms);
  using Load = std::pair<double, uint32_t>;
  std::priority_queue<Load, std::vector<Load>, std::greater<>> sms;
  for (uint32_t sm = 0; sm < num_sms; ++sm) sms.push({0, sm});
  for (const auto& tile : tiles) {
    auto [load, sm] = sms.top();
    sms.pop();
    load += tile.first;
    result.lists[sm].push_back(tile);
    result.loads[sm] = load;
    result.makespan = std::max(result.makespan, load);
    sms.push({load, sm});
  }
  return result;
}

/// Exchanges tiles between the fullest SM and others while that shortens the pair.
void refine(Assignment& a) {
  for (int round = 0; round < 2000; ++round) {
    const auto fullest =
        static_cast<uint32_t>(std::max_element(a.loads.begin(), a.loads.end()) - a.loads.begin());
    double best = a.loads[fullest] - 1;
    uint32_t best_sm = 0;
    size_t best_i = 0, best_j = 0;
    bool found = false;
    for (uint32_t sm = 0; sm < a.loads.size(); ++sm) {
      if (sm == fullest) continue;
      for (size_t i = 0; i < a.lists[fullest].size(); ++i) {
        for (size_t j = 0; j <= a.lists[sm].size(); ++j) {  // j == size: move without exchange
          const double back = j < a.lists[sm].size() ? a.lists[sm][j].first : 0;
          const double moved = a.lists[fullest][i].first - back;
          const double longer = std::max(a.loads[fullest] - moved, a.loads[sm] + moved);
          if (longer < best) {
            best = longer;
            best_sm = sm;
            best_i = i;
            best_j = j;
            found = true;
          }
        }
      }
    }
    if (!found) break;
    auto& from = a.lists[fullest];
    auto& to = a.lists[best_sm];
    const double back = best_j < to.size() ? to[best_j].first : 0;
    const double moved = from[best_i].first - back;
    if (best_j < to.size()) {
      std::swap(from[best_i], to[best_j]);
    } else {
      to.push_back(from[best_i]);
      from.erase(from.begin() + static_cast<std::ptrdiff_t>(best_i));
    }
    a.loads[fullest] -= moved;
    a.loads[best_sm] += moved;
  }
  a.makespan = *std::max_element(a.loads.begin(), a.loads.end());
}

}  // namespace

std::span<const uint32_t> token_sizes() { return kSizes; }

double tile_cycles(const Shape& shape, uint32_t columns, uint32_t k) {
  const double arithmetic =
      kStepsPerChunk * shape.instructions_per_step() * instruction_cycles(shape, columns);
  const double weights = shape.passes() * weight_stage_bytes(shape) / kBytesPerCycle;
  const Overhead& overhead = shape.warpgroups == 4 ? kDeepOverhead : kShallowOverhead;
  return chunks_of(k) * std::max(arithmetic, weights) + overhead.least + overhead.per_token * columns;
}

Schedule make_schedule(std::span<const ProductShape> products, ShapeName name, uint32_t num_sms) {
  const Shape shape = shape_of(name);
  const auto tiles_of = [&](const std::vector<Cut>& cuts) {
    std::vector<std::pair<double, Tile>> tiles;
    for (uint32_t p = 0; p < products.size(); ++p) {
      if (products[p].m == 0) continue;
      const auto row = cut(p, products[p].m, cuts[p], shape.max_tokens);
      for (uint32_t n = 0; n < products[p].n; n += shape.tile_columns()) {
        for (Tile tile : row) {
          tile.first_row = n;
          tile.chunks = chunks_of(products[p].k);
          tiles.emplace_back(tile_cycles(shape, tile.columns, products[p].k), tile);
        }
      }
    }
    return tiles;
  };
  const auto plan = [&](const std::vector<Cut>& cuts) {
    Assignment a = assign(tiles_of(cuts), num_sms);
    refine(a);
    return a;
  };

  // Hill climbing over the cut of each group, from as few tiles as fit.
  std::vector<Cut> cuts;
  size_t work = 1;
  for (const ProductShape& p : products) {
    cuts.push_back({(p.m + shape.max_tokens - 1) / shape.max_tokens});
    work += cuts.back().parts * (p.n / shape.tile_columns() + 1);
  }
  Assignment best = plan(cuts);
  const bool worth_searching = products.size() <= 64 && work <= 64 * num_sms;
  for (bool improved = worth_searching; improved;) {
    improved = false;
    for (size_t p = 0; p < products.size(); ++p) {
      if (products[p].m == 0) continue;
      const uint32_t fewest = (products[p].m + shape.max_tokens - 1) / shape.max_tokens;
      const uint32_t most = (products[p].m + 7) / 8;
      for (const int step : {-2, -1, 0, 1, 2, 3}) {
        const int64_t count = int64_t{cuts[p].parts} + step;
        if (count < fewest || count > most) continue;
        for (const bool equal : {true, false}) {
          auto trial = cuts;
          trial[p] = {static_cast<uint32_t>(count), equal};
          if (trial[p] == cuts[p]) continue;
          Assignment assignment = plan(trial);
          if (assignment.makespan < best.makespan * 0.999) {
            best = std::move(assignment);
            cuts = std::move(trial);
            improved = true;
          }
        }
      }
    }
  }

  Schedule schedule{.shape = name, .tiles = std::vector<Tile>(num_sms)};
  schedule.makespan = best.makespan;
  schedule.mean = std::accumulate(best.loads.begin(), best.loads.end(), 0.0) / num_sms;
  for (uint32_t sm = 0; sm < num_sms; ++sm) {
    auto& list = best.lists[sm];
    std::stable_sort(list.begin(), list.end(),
                     [&](const auto& a, const auto& b) { return a.second.columns > b.second.columns; });
    uint32_t last = sm;
    for (size_t i = 0; i < list.size(); ++i) {
      const Tile& tile = list[i].second;
      if (i == 0) {
        schedule.tiles[sm] = tile;
      } else {
        schedule.tiles[last].next = static_cast<uint32_t>(schedule.tiles.size());
        last = schedule.tiles[last].next;
        schedule.tiles.push_back(tile);
      }
      schedule.max_columns = std::max<uint32_t>(schedule.max_columns, tile.columns);
    }
  }
  return schedule;
}

Schedule best_schedule(std::span<const ProductShape> products, std::span<const ShapeName> names,
                       uint32_t num_sms) {
  Schedule best;
  for (const ShapeName name : names) {
    Schedule schedule = make_schedule(products, name, num_sms);
    if (best.tiles.empty() || schedule.makespan < best.makespan) best = std::move(schedule);
  }
  return best;
}

std::vector<ExpandShare> share_expansion(std::span<const ProductShape> products, uint32_t num_sms) {
  uint64_t total = 0;
  for (const ProductShape& p : products) total += expand_units(p.m, p.k);
  std::vector<ExpandShare> shares(num_sms);
  uint32_t product = 0;
  uint32_t unit = 0;  // of that product
  for (uint32_t sm = 0; sm < num_sms; ++sm) {
    uint64_t left = total * (sm + 1) / num_sms - total * sm / num_sms;
    for (uint32_t entry = sm; left > 0;) {
      const uint32_t units = expand_units(products[product].m, products[product].k);
      const auto last = static_cast<uint32_t>(std::min<uint64_t>(units, unit + left));
      shares[entry] = {.product = product, .first = unit, .last = last};
      left -= last - unit;
      unit = last;
      if (unit == units) {
        ++product;
        unit = 0;
      }
      if (left == 0) break;
      shares[entry].next = static_cast<uint32_t>(shares.size());
      entry = shares[entry].next;
      shares.emplace_back();
    }
  }
  return shares;
}

}  // namespace nvfp4bench::kernels::sm90
