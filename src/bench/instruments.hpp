// What the runner asks the machine; a test puts something predictable in its place.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "bench/gpu.hpp"
#include "bench/stopwatch.hpp"
#include "model/isa.hpp"
#include "model/work.hpp"

namespace nvfp4bench::bench {

struct Instruments {
  HostClock now;
  std::function<Peak(Isa isa, int threads)> measure_ceiling;
  /// Host memory that can be allocated without swapping. Absent where the system does not say.
  std::function<std::optional<int64_t>()> available_memory_bytes;
  /// Throws if the device cannot be used.
  std::function<std::unique_ptr<Gpu>(const Device&)> open_gpu;
};

Instruments this_machine();

}  // namespace nvfp4bench::bench
