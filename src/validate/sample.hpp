// A pseudo-random sample of the output elements of a problem.
#pragma once

#include <cstdint>
#include <vector>

#include "model/views.hpp"

namespace nvfp4bench::validate {

/// Where an output element is. `row` runs over [l][m].
struct Place {
  int64_t group = 0;
  int64_t row = 0;
  int64_t n = 0;

  auto operator<=>(const Place&) const = default;
};

/// The least that a group is sampled by where each is to be known.
inline constexpr int64_t kSampledOfGroup = 100;

/// About `count` elements in order. Every group has its share of them, rounded up, and `of_group` at least, or
/// all that it has: one out of each of as many equal shares of the group. The same for the same seed.
std::vector<Place> sample_places(const ProblemView& problem, int64_t count, uint64_t seed,
                                 int64_t of_group = kSampledOfGroup);

}  // namespace nvfp4bench::validate
