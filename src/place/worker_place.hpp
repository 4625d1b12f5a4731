// A place whose kernels run in processes of their own: nothing that they do can reach the tool, or each other.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "place/place.hpp"

namespace nvfp4bench::place {

struct WorkerOptions {
  /// For every call of a variant. Absent: a minute, and more for problems that may take a slow kernel longer.
  std::optional<double> timeout_s;
  /// Polled while a call runs; true kills its worker and ends the call with Interrupted. May be empty.
  std::function<bool()> stop;
};

/// The host, or the GPU of `machine`. Each variant has a worker of its own, kept until it dies and replaced
/// when the variant is opened again. Its session throws std::runtime_error where a call crashes, ends its
/// process or hangs.
std::unique_ptr<Place> open_workers(const kernels::Machine& machine, bool on_gpu, WorkerOptions options);

}  // namespace nvfp4bench::place
