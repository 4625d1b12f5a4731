// The GPU of a run, as the runner sees it. Free of CUDA headers.
#pragma once

#include <memory>
#include <stdexcept>

#include "bench/arena.hpp"
#include "data/output_image.hpp"
#include "model/device.hpp"
#include "model/problem.hpp"
#include "model/result.hpp"

namespace nvfp4bench::bench {

/// A problem that does not fit the memory of the GPU. Says what it needs and what is free.
class NotEnoughGpuMemory : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Gpu {
 public:
  virtual ~Gpu() = default;
  /// Device and flush size; with `ceilings`, those are measured too, and the launch floor. Takes a second.
  virtual GpuResult describe(bool ceilings) = 0;
  /// `host` and `outputs` must outlive the arena. Throws NotEnoughGpuMemory.
  virtual std::unique_ptr<Arena> make_arena(const ProblemView& host, data::OutputImage& outputs) = 0;
};

/// Throws if the device cannot be used. Built without CUDA, it always does.
std::unique_ptr<Gpu> open_gpu(const Device& device);

}  // namespace nvfp4bench::bench
