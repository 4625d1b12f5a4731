#include "cuda/check.hpp"

#include <fmt/format.h>

namespace nvfp4bench::cuda {
namespace {

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// A sticky error stays: once it has been taken off the runtime, the next call reports it again.
bool is_sticky() {
  (void)cudaGetLastError();
  return cudaFree(nullptr) != cudaSuccess;
}

}  // namespace

void check(cudaError_t status, std::string_view what, std::source_location where) {
  if (status == cudaSuccess) return;
  throw Error(fmt::format("{}: {} while {} ({}:{})", cudaGetErrorName(status), cudaGetErrorString(status),
                          what, file_name(where.file_name()), where.line()),
              is_sticky());
}

}  // namespace nvfp4bench::cuda
