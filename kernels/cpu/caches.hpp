// The caches of this machine, as its system describes them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nvfp4bench::kernels::cpu {

/// One cache that holds data.
struct Cache {
  int level = 0;  // 0 where that is not known
  int64_t bytes = 0;
  /// Those that share it, as the system lists them ("0-3,8"); tells caches of one level apart.
  std::string cpus;

  bool operator==(const Cache&) const = default;
};

/// "512K", "32M": as the system writes sizes. Absent for anything else.
std::optional<int64_t> parse_cache_size(std::string_view text);

/// Every cache that one of the CPUs `cpus` reads through, once, from files such as
/// <folder>/cpu0/cache/index3/size. Empty where there are none.
std::vector<Cache> read_caches(const std::filesystem::path& folder, std::span<const int> cpus);

/// All levels' bytes that `threads` threads can have data in, from the nearest level on. Threads may sit anywhere
/// among the CPUs, so that of each level the largest caches count, no more than one a thread.
std::vector<Cache> caches_of_threads(std::span<const Cache> caches, int threads);

/// Of the CPUs that this process may run on. Where the system describes no caches, what the C library knows of
/// them, as if all CPUs shared them; where that is nothing, one cache larger than most.
std::vector<Cache> caches_here(int threads);

/// Of all levels: not every last-level cache has what is in those before it.
int64_t total_bytes(std::span<const Cache> caches);

}  // namespace nvfp4bench::kernels::cpu
