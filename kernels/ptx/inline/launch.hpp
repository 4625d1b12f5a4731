// kernels/ptx/launch.hpp by the CUDA runtime.
#pragma once

#include <cuda_runtime_api.h>

#include "cuda/check.hpp"
#include "kernels/ptx/launch.hpp"

namespace nvfp4bench::ptx {

template <class... Parameters>
void launch(void (*kernel)(Parameters...), const Launch& how, CUstream_st* stream, std::string_view what,
            std::type_identity_t<Parameters>... parameters) {
  cudaLaunchAttribute cooperative{};
  cooperative.id = cudaLaunchAttributeCooperative;
  cooperative.val.cooperative = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(how.blocks_x, how.blocks_y);
  config.blockDim = dim3(how.threads);
  config.dynamicSmemBytes = how.shared_bytes;
  config.stream = stream;
  config.attrs = &cooperative;
  config.numAttrs = how.cooperative ? 1 : 0;
  void* arguments[] = {&parameters..., nullptr};  // never of no elements
  cuda::check(cudaLaunchKernelExC(&config, reinterpret_cast<const void*>(kernel), arguments), what);
}

template <class... Parameters>
void allow_shared_bytes(void (*kernel)(Parameters...), uint32_t bytes, std::string_view what) {
  cuda::check(cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel),
                                   cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)),
              what);
}

}  // namespace nvfp4bench::ptx
