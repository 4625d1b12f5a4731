// The machine as commands see it.
#pragma once

#include <fmt/format.h>

#include "cli/options.hpp"
#include "cuda/discovery.hpp"
#include "kernels/variant.hpp"
#include "nvfp4/isa_support.hpp"

namespace nvfp4bench::cli {

/// `gpu` is the ordinal that the user asked for, which must exist (UsageError); otherwise the first GPU, if
/// any.
inline kernels::Machine make_machine(Isa isa, int threads, std::optional<int> gpu = std::nullopt) {
  kernels::Machine machine{.isa = isa, .isa_why_not = nvfp4::why_not(isa), .threads = threads};
  const cuda::Discovery found = cuda::discover();
  machine.gpu_why_not = found.why_none;
  for (const Device& device : found.devices) {
    if (device.ordinal == gpu.value_or(0)) machine.gpu = device;
  }
  if (gpu && !machine.gpu)
    throw UsageError(found.devices.empty()
                         ? fmt::format("--device {}: {}", *gpu, found.why_none)
                         : fmt::format("--device {}: there are only {}; `nvfp4bench list devices` shows them",
                                       *gpu, found.devices.size()));
  return machine;
}

}  // namespace nvfp4bench::cli
