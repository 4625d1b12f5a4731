#include "kernels/cpu/caches.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <numeric>
#include <sched.h>
#include <unistd.h>

#include <fmt/format.h>

namespace nvfp4bench::kernels::cpu {
namespace {

/// Larger than the caches of almost every CPU.
constexpr int64_t kUnknownBytes = int64_t{256} << 20;

std::string first_line(const std::filesystem::path& path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  return line;
}

/// Absent if the folder describes none, or one of instructions.
std::optional<Cache> read_cache(const std::filesystem::path& folder) {
  const std::string type = first_line(folder / "type");
  if (type != "Data" && type != "Unified") return std::nullopt;
  const std::optional<int64_t> bytes = parse_cache_size(first_line(folder / "size"));
  Cache cache{.bytes = bytes.value_or(0), .cpus = first_line(folder / "shared_cpu_list")};
  std::ifstream(folder / "level") >> cache.level;
  if (cache.bytes <= 0 || cache.level <= 0) return std::nullopt;
  return cache;
}

std::vector<int> allowed_cpus() {
  std::vector<int> cpus;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return cpus;  // more CPUs than a set has
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

std::vector<Cache> caches_of_c_library() {
  std::vector<Cache> caches;
#ifdef _SC_LEVEL1_DCACHE_SIZE
  int level = 0;
  for (const int name : {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE}) {
    ++level;
    if (const long bytes = sysconf(name); bytes > 0) caches.push_back({level, bytes, ""});
  }
#endif
  return caches;
}

}  // namespace

std::optional<int64_t> parse_cache_size(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit.empty()) return number;
  if (unit == "K") return number << 10;
  if (unit == "M") return number << 20;
  if (unit == "G") return number << 30;
  return std::nullopt;
}

std::vector<Cache> read_caches(const std::filesystem::path& folder, std::span<const int> cpus) {
  std::vector<Cache> caches;
  for (const int cpu : cpus) {
    const std::filesystem::path of_cpu = folder / fmt::format("cpu{}", cpu) / "cache";
    std::error_code none;
    for (int index = 0; std::filesystem::exists(of_cpu / fmt::format("index{}", index), none); ++index) {
      const std::optional<Cache> cache = read_cache(of_cpu / fmt::format("index{}", index));
      if (cache && std::find(caches.begin(), caches.end(), *cache) == caches.end()) caches.push_back(*cache);
    }
  }
  return caches;
}

std::vector<Cache> caches_of_threads(std::span<const Cache> caches, int threads) {
  std::map<int, std::vector<int64_t>> levels;
  for (const Cache& cache : caches) levels[cache.level].push_back(cache.bytes);
  std::vector<Cache> totals;
  for (auto& [level, sizes] : levels) {
    std::sort(sizes.rbegin(), sizes.rend());
    sizes.resize(std::min(sizes.size(), static_cast<std::size_t>(threads)));
    totals.push_back({level, std::accumulate(sizes.begin(), sizes.end(), int64_t{0}), ""});
  }
  return totals;
}

std::vector<Cache> caches_here(int threads) {
  std::vector<Cache> caches =
      caches_of_threads(read_caches("/sys/devices/system/cpu", allowed_cpus()), threads);
  if (caches.empty()) caches = caches_of_c_library();
  if (caches.empty()) caches = {{0, kUnknownBytes, ""}};
  return caches;
}

int64_t total_bytes(std::span<const Cache> caches) {
  return std::accumulate(caches.begin(), caches.end(), int64_t{0},
                         [](int64_t sum, const Cache& cache) { return sum + cache.bytes; });
}

}  // namespace nvfp4bench::kernels::cpu
