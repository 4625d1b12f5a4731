#include "cuda/nvml.hpp"

#include <cuda_runtime_api.h>
#include <dlfcn.h>
#include <utility>

namespace nvfp4bench::cuda {
namespace {

// The few declarations needed of nvml.h, which is not in every toolkit (NVML API reference, "Device
// Queries").
using NvmlDevice = void*;
constexpr int kNvmlSuccess = 0;
constexpr int kClockSm = 1;

constexpr uint64_t kReasonIdle = 0x01;

}  // namespace

struct Nvml::Library {
  void* handle = nullptr;
  NvmlDevice device = nullptr;
  int (*clock)(NvmlDevice, int, unsigned*) = nullptr;
  int (*reasons)(NvmlDevice, unsigned long long*) = nullptr;

  ~Library() {
    if (handle) dlclose(handle);
  }

  template <class Function>
  void find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(handle, name));
  }
};

Nvml::Nvml(int cuda_ordinal) {
  auto library = std::make_unique<Library>();
  library->handle = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library->handle) return;
  int (*init)() = nullptr;
  int (*by_bus_id)(const char*, NvmlDevice*) = nullptr;
  library->find(init, "nvmlInit_v2");
  library->find(by_bus_id, "nvmlDeviceGetHandleByPciBusId_v2");
  library->find(library->clock, "nvmlDeviceGetClockInfo");
  library->find(library->reasons, "nvmlDeviceGetCurrentClocksThrottleReasons");
  char bus_id[32] = {};
  if (!init || !by_bus_id || init() != kNvmlSuccess ||
      cudaDeviceGetPCIBusId(bus_id, sizeof bus_id, cuda_ordinal) != cudaSuccess ||
      by_bus_id(bus_id, &library->device) != kNvmlSuccess)
    return;
  library_ = std::move(library);
}

Nvml::~Nvml() = default;

BoardState Nvml::read() const {
  BoardState state;
  if (!library_) return state;
  unsigned value = 0;
  if (library_->clock && library_->clock(library_->device, kClockSm, &value) == kNvmlSuccess)
    state.sm_clock_mhz = value;
  unsigned long long reasons = 0;
  if (library_->reasons && library_->reasons(library_->device, &reasons) == kNvmlSuccess)
    state.throttle_reasons = reasons & ~kReasonIdle;
  return state;
}

}  // namespace nvfp4bench::cuda
