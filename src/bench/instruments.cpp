#include "bench/instruments.hpp"

#include <fstream>
#include <limits>
#include <string>

#include "kernels/cpu/ceiling.hpp"

namespace nvfp4bench::bench {
namespace {

/// MemAvailable of /proc/meminfo.
std::optional<int64_t> available_memory_bytes() {
  std::ifstream meminfo("/proc/meminfo");
  std::string field;
  while (meminfo >> field) {
    int64_t kib = 0;
    if (field == "MemAvailable:" && meminfo >> kib) return kib * 1024;
    meminfo.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::nullopt;
}

}  // namespace

Instruments this_machine() {
  return {.now = steady_seconds,
          .measure_ceiling = kernels::cpu::measure_ceiling,
          .available_memory_bytes = available_memory_bytes,
          .open_gpu = open_gpu};
}

}  // namespace nvfp4bench::bench
