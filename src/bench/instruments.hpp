// What the runner asks the machine; a test puts something predictable in its place.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "bench/disturbance.hpp"
#include "place/place.hpp"
#include "place/stopwatch.hpp"
#include "place/worker_place.hpp"

namespace nvfp4bench::bench {

struct Instruments {
  place::HostClock now;
  /// Host memory that can be allocated without swapping. Absent where the system does not say.
  std::function<std::optional<int64_t>()> available_memory_bytes;
  /// What all of the machine's processors did. Absent where the system does not say.
  std::function<std::optional<ProcessorTime>()> processor_time = [] { return std::nullopt; };
  /// Does nothing for so many seconds.
  std::function<void(double)> sleep = [](double) {};
  /// The machine outlives the place.
  std::function<std::unique_ptr<place::Place>(const kernels::Machine&)> open_host;
  /// Throws if the device cannot be used.
  std::function<std::unique_ptr<place::Place>(const kernels::Machine&)> open_device;
};

/// Kernels run in this process.
Instruments this_machine();
/// The same machine; each variant runs in a process of its own.
Instruments separate_processes(place::WorkerOptions options);

}  // namespace nvfp4bench::bench
