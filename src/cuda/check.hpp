// Every CUDA call is checked, with what was attempted and where.
#pragma once

#include <cuda_runtime_api.h>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nvfp4bench::cuda {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws Error unless `status` is cudaSuccess. `what` completes "while ...".
void check(cudaError_t status, std::string_view what,
           std::source_location where = std::source_location::current());

}  // namespace nvfp4bench::cuda
