// What a machine was measured to reach, and what that allows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/method.hpp"
#include "model/work.hpp"

namespace nvfp4bench {

/// One level of a CPU's caches, those of all threads of a run together.
struct CacheRate {
  std::string level;  // "L2"
  int64_t bytes = 0;
  /// The most that was read from it, and how far below that the median lay, relative.
  double bytes_per_s = 0;
  double spread = 0;
};

/// Peak::bytes_per_s is memory's.
struct Ceilings : Peak {
  /// Of memory, as CacheRate::spread; absent where it was not measured more than once.
  std::optional<double> spread = {};
  /// From the nearest on; none where they are not known.
  std::vector<CacheRate> caches = {};
};

/// Of two measurements of one machine, each rate from the one that reached more; the larger spreads.
Ceilings highest(Ceilings one, const Ceilings& other);

/// What bounds reading.
struct ReadLimit {
  std::string from;  // "memory", or a level
  double bytes_per_s = 0;
  /// That it takes at least.
  double seconds = 0;
};

/// Of reading so many bytes in a call that is measured by `method`. A cold one has them from memory. A warm one has
/// them from the caches, and what those up to one level cannot hold from further away. Absent for warm calls where
/// caches are not known.
std::optional<ReadLimit> read_limit(int64_t bytes, const Ceilings& ceilings, Method method);

/// max(bytes / rate, flops / rate), seconds, bytes from where such a call has them. Absent where that is not known.
std::optional<double> speed_of_light_s(const Work& work, const Ceilings& ceilings, Method method);

}  // namespace nvfp4bench
