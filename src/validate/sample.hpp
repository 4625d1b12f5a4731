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

/// One element out of each of `count` equal shares of the problem, in order; all of them if there are fewer.
/// The same for the same seed.
std::vector<Place> sample_places(const ProblemView& problem, int64_t count, uint64_t seed);

}  // namespace nvfp4bench::validate
