// Launches whose blocks must be on the GPU together.
#pragma once

#include <cstdint>
#include <cuda_runtime_api.h>
#include <string_view>

#include "cuda/check.hpp"

namespace nvfp4bench::kernels::sm90 {

/// Enqueues `kernel`. Fails, as `what`, unless all of its blocks fit the GPU at once.
template <class... Parameters>
void launch_cooperative(void (*kernel)(Parameters...), uint32_t blocks, uint32_t threads,
                        uint32_t shared_bytes, cudaStream_t stream, std::string_view what,
                        Parameters... parameters) {
  cudaLaunchAttribute attribute{};
  attribute.id = cudaLaunchAttributeCooperative;
  attribute.val.cooperative = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(blocks);
  config.blockDim = dim3(threads);
  config.dynamicSmemBytes = shared_bytes;
  config.stream = stream;
  config.attrs = &attribute;
  config.numAttrs = 1;
  cuda::check(cudaLaunchKernelEx(&config, kernel, parameters...), what);
}

}  // namespace nvfp4bench::kernels::sm90
