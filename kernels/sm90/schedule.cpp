#include "kernels/sm90/schedule.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <queue>
#include <utility>

#include "kernels/sm90/layout.hpp"
#include "kernels/sm90/token_sizes.hpp"

namespace nvfp4bench::kernels::sm90 {
namespace {

#define NVFP4BENCH_LISTED(size) size,
constexpr uint32_t kSizes[] = {NVFP4BENCH_TOKEN_SIZES(NVFP4BENCH_LISTED)};
#undef NVFP4BENCH_LISTED

/// Cycles of one warpgroup instruction with its share of the dequantisation, measured on an H200 with two
/// warpgroups: the tensor cores' N/2 from 128 up, integer work below.
struct Rate {
  double tokens;
  double cycles;
};
constexpr std::array kRates{Rate{8, 27.8},  Rate{16, 30.3},  Rate{32, 35.3}, Rate{64, 46.0},
                            Rate{96, 51.6}, Rate{128, 64.5}, Rate{176, 88.1}};
/// Cycles that a tile costs beyond its main loop: filling the pipeline and the epilogue.
constexpr double kTileOverhead = 1500;
constexpr double kCyclesPerToken = 10;
/// Cycles below which a chunk of weights cannot arrive: 18 KB a block at this SM's share of DRAM.
constexpr double kCyclesPerWeightBlock = 850;

double instruction_cycles(uint32_t tokens) {
  const auto above =
      std::find_if(kRates.begin(), kRates.end(), [&](const Rate& r) { return r.tokens >= tokens; });
  if (above == kRates.begin()) return above->cycles;
  if (above == kRates.end()) return tokens / 2.0;
  const auto below = above - 1;
  const double t = (tokens - below->tokens) / (above->tokens - below->tokens);
  return below->cycles + t * (above->cycles - below->cycles);
}

uint32_t size_for(uint32_t tokens) {
  return *(std::upper_bound(std::begin(kSizes), std::end(kSizes), tokens, std::greater<>()) - 1);
}

/// Token tiles of a group cut into `parts`: multiples of 8 that differ by at most 8.
std::vector<Tile> cut(uint32_t product, uint32_t m, uint32_t parts) {
  const uint32_t units = (m + 7) / 8;
  std::vector<Tile> tiles;
  uint32_t token = 0;
  for (uint32_t i = 0; i < parts; ++i) {
    const uint32_t tokens = 8 * (units / parts + (i < units % parts));
    tiles.push_back({.product = product,
                     .columns = static_cast<uint16_t>(size_for(tokens)),
                     .tokens = static_cast<uint16_t>(tokens),
                     .first_token = token,
                     .first_row = 0});
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

double tile_cycles(const TileKind& kind, uint32_t columns, uint32_t k) {
  const double chunk = std::max(kStepsPerChunk * kind.instructions_per_step * instruction_cycles(columns),
                                kind.instructions_per_step / 2 * kCyclesPerWeightBlock);
  return chunks_of(k) * chunk + kTileOverhead + kCyclesPerToken * columns;
}

Schedule make_schedule(std::span<const ProductShape> products, const TileKind& kind, uint32_t num_sms) {
  const auto tiles_of = [&](const std::vector<uint32_t>& parts) {
    std::vector<std::pair<double, Tile>> tiles;
    for (uint32_t p = 0; p < products.size(); ++p) {
      if (products[p].m == 0) continue;
      const auto row = cut(p, products[p].m, parts[p]);
      for (uint32_t n = 0; n < products[p].n; n += kind.rows) {
        for (Tile tile : row) {
          tile.first_row = n;
          tiles.emplace_back(tile_cycles(kind, tile.columns, products[p].k), tile);
        }
      }
    }
    return tiles;
  };

  // Hill climbing over the number of token tiles of each group, from as few as fit.
  std::vector<uint32_t> parts;
  size_t work = 1;
  for (const ProductShape& p : products) {
    parts.push_back((p.m + kind.max_tokens - 1) / kind.max_tokens);
    work += parts.back() * (p.n / kind.rows + 1);
  }
  const auto plan = [&](const std::vector<uint32_t>& p) {
    Assignment a = assign(tiles_of(p), num_sms);
    refine(a);
    return a;
  };
  double best = plan(parts).makespan;
  const bool worth_searching = products.size() <= 64 && work <= 64 * num_sms;
  for (bool improved = worth_searching; improved;) {
    improved = false;
    for (size_t p = 0; p < products.size(); ++p) {
      const uint32_t fewest = (products[p].m + kind.max_tokens - 1) / kind.max_tokens;
      const uint32_t most = (products[p].m + 7) / 8;
      for (const int step : {-2, -1, 1, 2, 3}) {
        const int64_t count = int64_t{parts[p]} + step;
        if (products[p].m == 0 || count < fewest || count > most) continue;
        auto trial = parts;
        trial[p] = static_cast<uint32_t>(count);
        const double makespan = plan(trial).makespan;
        if (makespan < best * 0.999) {
          best = makespan;
          parts = trial;
          improved = true;
        }
      }
    }
  }

  const Assignment assignment = plan(parts);
  Schedule schedule;
  schedule.makespan = assignment.makespan;
  schedule.mean = std::accumulate(assignment.loads.begin(), assignment.loads.end(), 0.0) / num_sms;
  schedule.first.push_back(0);
  for (uint32_t sm = 0; sm < num_sms; ++sm) {
    auto list = assignment.lists[sm];
    std::stable_sort(list.begin(), list.end(),
                     [&](const auto& a, const auto& b) { return a.second.columns > b.second.columns; });
    for (const auto& [cycles, tile] : list) {
      schedule.tiles.push_back(tile);
      schedule.max_columns = std::max<uint32_t>(schedule.max_columns, tile.columns);
    }
    schedule.first.push_back(static_cast<uint32_t>(schedule.tiles.size()));
  }
  return schedule;
}

}  // namespace nvfp4bench::kernels::sm90
