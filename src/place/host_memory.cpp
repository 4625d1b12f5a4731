#include "place/host_memory.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>

#include <sys/resource.h>

namespace nvfp4bench::place {
namespace {

/// A field of /proc/meminfo or /proc/self/status, both of which count in KiB.
std::optional<int64_t> bytes_in(const char* path, std::string_view sought) {
  std::ifstream file(path);
  std::string field;
  while (file >> field) {
    int64_t kib = 0;
    if (field == sought && file >> kib) return kib * 1024;
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::nullopt;
}

}  // namespace

std::optional<int64_t> available_memory_bytes() { return bytes_in("/proc/meminfo", "MemAvailable:"); }

void limit_memory(int threads) {
  const std::optional<int64_t> available = available_memory_bytes();
  const std::optional<int64_t> used = bytes_in("/proc/self/status", "VmData:");
  rlimit limit{};
  rlimit stack{};
  if (!available || !used || getrlimit(RLIMIT_DATA, &limit) != 0 || getrlimit(RLIMIT_STACK, &stack) != 0)
    return;
  // Stacks count in full, though little of them is ever touched.
  constexpr rlim_t kMostStack = 64 << 20;
  const rlim_t stacks = static_cast<rlim_t>(threads) * std::min(stack.rlim_cur, kMostStack);
  const rlim_t wanted = static_cast<rlim_t>(*available) + static_cast<rlim_t>(*used) + stacks;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  (void)setrlimit(RLIMIT_DATA, &limit);
}

}  // namespace nvfp4bench::place
