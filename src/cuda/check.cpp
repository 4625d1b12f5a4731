#include "cuda/check.hpp"

#include <fmt/format.h>

namespace nvfp4bench::cuda {
namespace {

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

void check(cudaError_t status, std::string_view what, std::source_location where) {
  if (status == cudaSuccess) return;
  (void)cudaGetLastError();  // reported here: the next call that fails is another's
  throw Error(fmt::format("{}: {} while {} ({}:{})", cudaGetErrorName(status), cudaGetErrorString(status),
                          what, file_name(where.file_name()), where.line()));
}

}  // namespace nvfp4bench::cuda
