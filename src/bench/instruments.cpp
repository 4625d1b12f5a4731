#include "bench/instruments.hpp"

#include <chrono>
#include <fstream>
#include <limits>
#include <string>
#include <thread>

#include "place/device_place.hpp"
#include "place/host_place.hpp"

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
  return {
      .now = place::steady_seconds,
      .available_memory_bytes = available_memory_bytes,
      .processor_time = processor_time,
      .sleep = [](double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); },
      .open_host = place::open_host,
      .open_device = place::open_device};
}

}  // namespace nvfp4bench::bench
