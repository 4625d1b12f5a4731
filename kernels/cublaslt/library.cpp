#include "kernels/cublaslt/library.hpp"

#include <dlfcn.h>
#include <stdexcept>

#include <fmt/format.h>

namespace nvfp4bench::kernels::cublaslt {
namespace {

constexpr const char* kSoname = "libcublasLt.so.13";  // the major version of the headers built against
static_assert(CUBLAS_VER_MAJOR == 13, "kSoname must name the major version of cublasLt.h");

Library load() {
  Library lib;
  void* handle = dlopen(kSoname, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    lib.why_not = fmt::format("{} is not on the library path", kSoname);
    return lib;
  }
  const auto find = [&](auto& function, const char* name) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(handle, name));
    if (!function) lib.why_not = fmt::format("{} has no {}", kSoname, name);
  };
  find(lib.create, "cublasLtCreate");
  find(lib.destroy, "cublasLtDestroy");
  find(lib.status_string, "cublasLtGetStatusString");
  find(lib.matmul, "cublasLtMatmul");
  find(lib.algo_get_heuristic, "cublasLtMatmulAlgoGetHeuristic");
  find(lib.desc_create, "cublasLtMatmulDescCreate");
  find(lib.desc_destroy, "cublasLtMatmulDescDestroy");
  find(lib.desc_set, "cublasLtMatmulDescSetAttribute");
  find(lib.layout_create, "cublasLtMatrixLayoutCreate");
  find(lib.layout_destroy, "cublasLtMatrixLayoutDestroy");
  find(lib.layout_set, "cublasLtMatrixLayoutSetAttribute");
  find(lib.preference_create, "cublasLtMatmulPreferenceCreate");
  find(lib.preference_destroy, "cublasLtMatmulPreferenceDestroy");
  find(lib.preference_set, "cublasLtMatmulPreferenceSetAttribute");
  return lib;
}

}  // namespace

const Library& library() {
  static const Library kLibrary = load();
  return kLibrary;
}

void check(cublasStatus_t status, std::string_view what) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw std::runtime_error(fmt::format("{} while {}", library().status_string(status), what));
}

}  // namespace nvfp4bench::kernels::cublaslt
