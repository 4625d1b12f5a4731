#include "validate/sample.hpp"

#include <algorithm>
#include <cmath>

namespace nvfp4bench::validate {
namespace {

/// SplitMix64 (Steele, Lea & Flood 2014), number `i` of the stream `seed`.
uint64_t random_bits(uint64_t seed, uint64_t i) {
  uint64_t x = seed + (i + 1) * 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

int64_t elements(const GroupView& group) { return group.l() * group.m() * group.n(); }

/// One of `size` elements out of each of `count` shares, as equal as can be.
int64_t pick(int64_t size, int64_t count, int64_t share, uint64_t bits) {
  const int64_t length = size / count + (share < size % count);
  const int64_t begin = share * (size / count) + std::min(share, size % count);
  return begin + static_cast<int64_t>(bits % static_cast<uint64_t>(length));
}

}  // namespace

std::vector<Place> sample_places(const ProblemView& problem, int64_t count, uint64_t seed, int64_t of_group) {
  int64_t total = 0;
  for (const GroupView& group : problem.groups) total += elements(group);
  const double share = static_cast<double>(count) / static_cast<double>(std::max<int64_t>(total, 1));

  std::vector<Place> places;
  for (size_t g = 0; g < problem.groups.size(); ++g) {
    const int64_t size = elements(problem.groups[g]);
    const int64_t columns = problem.groups[g].n();
    const auto even = static_cast<int64_t>(std::ceil(share * static_cast<double>(size)));
    const int64_t picked = std::min(size, std::max(even, of_group));
    for (int64_t i = 0; i < picked; ++i) {
      const int64_t index = pick(size, picked, i, random_bits(seed, places.size()));
      places.push_back({static_cast<int64_t>(g), index / columns, index % columns});
    }
  }
  return places;
}

}  // namespace nvfp4bench::validate
