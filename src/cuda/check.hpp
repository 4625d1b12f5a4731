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
  Error(const std::string& message, bool sticky) : std::runtime_error(message), sticky_(sticky) {}

  /// The context is lost: no further GPU work of this process can succeed.
  bool sticky() const { return sticky_; }

 private:
  bool sticky_;
};

/// Throws Error unless `status` is cudaSuccess. `what` completes "while ...".
void check(cudaError_t status, std::string_view what,
           std::source_location where = std::source_location::current());

}  // namespace nvfp4bench::cuda
