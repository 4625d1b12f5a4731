#include "cuda/discovery.hpp"

#include <cuda_runtime_api.h>

#include <fmt/format.h>

#include "cuda/check.hpp"

namespace nvfp4bench::cuda {
namespace {

Device describe(int ordinal) {
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, ordinal), "reading device properties");
  Device device;
  device.ordinal = ordinal;
  device.name = properties.name;
  device.capability = 10 * properties.major + properties.minor;
  device.sm_count = properties.multiProcessorCount;
  device.l2_bytes = properties.l2CacheSize;
  device.memory_bytes = static_cast<int64_t>(properties.totalGlobalMem);
  device.shared_bytes_per_block = static_cast<int64_t>(properties.sharedMemPerBlockOptin);
  check(cudaDriverGetVersion(&device.driver_version), "reading the driver version");
  check(cudaRuntimeGetVersion(&device.runtime_version), "reading the runtime version");
  return device;
}

}  // namespace

Discovery discover() {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess) {
    (void)cudaGetLastError();
    return {{}, fmt::format("no usable GPU: {}", cudaGetErrorString(status))};
  }
  if (count == 0) return {{}, "no GPU"};
  Discovery found;
  try {
    for (int ordinal = 0; ordinal < count; ++ordinal) found.devices.push_back(describe(ordinal));
  } catch (const Error& error) {
    return {{}, error.what()};
  }
  return found;
}

}  // namespace nvfp4bench::cuda
