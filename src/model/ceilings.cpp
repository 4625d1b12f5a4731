#include "model/ceilings.hpp"

#include <algorithm>
#include <cstddef>

namespace nvfp4bench {

Ceilings highest(Ceilings one, const Ceilings& other) {
  one.bytes_per_s = std::max(one.bytes_per_s, other.bytes_per_s);
  one.flops_per_s = std::max(one.flops_per_s, other.flops_per_s);
  one.spread = std::max(one.spread, other.spread);
  for (std::size_t i = 0; i < std::min(one.caches.size(), other.caches.size()); ++i) {
    one.caches[i].bytes_per_s = std::max(one.caches[i].bytes_per_s, other.caches[i].bytes_per_s);
    one.caches[i].spread = std::max(one.caches[i].spread, other.caches[i].spread);
  }
  return one;
}

std::optional<ReadLimit> read_limit(int64_t bytes, const Ceilings& ceilings, Method method) {
  if (is_warm(method) && ceilings.caches.empty()) return std::nullopt;
  int64_t nearer = 0;  // what nearer caches hold
  const auto beyond = [&](const std::string& level, double bytes_per_s) {
    const auto left = static_cast<double>(std::max<int64_t>(0, bytes - nearer));
    return ReadLimit{level, bytes_per_s, left / bytes_per_s};
  };
  const auto of_memory = [&] { return beyond("memory", ceilings.bytes_per_s); };
  if (!is_warm(method)) return of_memory();

  ReadLimit tightest;
  for (const CacheRate& cache : ceilings.caches) {
    const ReadLimit limit = beyond(cache.level, cache.bytes_per_s);
    if (limit.seconds > tightest.seconds || tightest.from.empty()) tightest = limit;
    nearer += cache.bytes;
  }
  const ReadLimit limit = of_memory();
  return limit.seconds > tightest.seconds ? limit : tightest;
}

std::optional<double> speed_of_light_s(const Work& work, const Ceilings& ceilings, Method method) {
  const std::optional<ReadLimit> limit = read_limit(work.bytes(), ceilings, method);
  if (!limit) return std::nullopt;
  return std::max(limit->seconds, static_cast<double>(work.flops) / ceilings.flops_per_s);
}

}  // namespace nvfp4bench
