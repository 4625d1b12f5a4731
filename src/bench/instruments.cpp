#include "bench/instruments.hpp"

#include <chrono>
#include <thread>

#include "place/device_place.hpp"
#include "place/host_memory.hpp"
#include "place/host_place.hpp"

namespace nvfp4bench::bench {
Instruments this_machine() {
  return {
      .now = place::steady_seconds,
      .available_memory_bytes = place::available_memory_bytes,
      .processor_time = processor_time,
      .sleep = [](double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); },
      .open_host = place::open_host,
      .open_device = place::open_device};
}

Instruments separate_processes(place::WorkerOptions options) {
  Instruments instruments = this_machine();
  instruments.open_host = [options](const kernels::Machine& machine) {
    return place::open_workers(machine, false, options);
  };
  instruments.open_device = [options](const kernels::Machine& machine) {
    return place::open_workers(machine, true, options);
  };
  return instruments;
}

}  // namespace nvfp4bench::bench
