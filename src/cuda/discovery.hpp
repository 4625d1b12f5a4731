// The GPUs of this machine. Free of CUDA headers; works without a GPU, without a driver and, built without
// CUDA, says so.
#pragma once

#include <string>
#include <vector>

#include "model/device.hpp"

namespace nvfp4bench::cuda {

struct Discovery {
  std::vector<Device> devices;
  /// Why there are none; empty if there are some.
  std::string why_none;
};

/// Never throws.
Discovery discover();

}  // namespace nvfp4bench::cuda
