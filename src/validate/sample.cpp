#include "validate/sample.hpp"

#include <algorithm>

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

}  // namespace

std::vector<Place> sample_places(const ProblemView& problem, int64_t count, uint64_t seed) {
  int64_t total = 0;
  for (const GroupView& group : problem.groups) total += elements(group);
  count = std::min(count, total);

  std::vector<Place> places;
  places.reserve(static_cast<size_t>(count));
  size_t group = 0;
  int64_t group_begin = 0;
  for (int64_t i = 0; i < count; ++i) {
    // Shares of total / count elements, the remainder spread over the first ones.
    const int64_t share = total / count + (i < total % count);
    const int64_t begin = i * (total / count) + std::min(i, total % count);
    const auto offset =
        static_cast<int64_t>(random_bits(seed, static_cast<uint64_t>(i)) % static_cast<uint64_t>(share));
    while (begin + offset >= group_begin + elements(problem.groups[group])) {
      group_begin += elements(problem.groups[group]);
      ++group;
    }
    const int64_t index = begin + offset - group_begin;
    const int64_t columns = problem.groups[group].n();
    places.push_back({static_cast<int64_t>(group), index / columns, index % columns});
  }
  return places;
}

}  // namespace nvfp4bench::validate
