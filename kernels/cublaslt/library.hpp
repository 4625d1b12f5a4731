// cuBLASLt, loaded when the program runs: the tool starts, and skips these variants, where it is missing.
#pragma once

#include <cublasLt.h>
#include <string>
#include <string_view>

namespace nvfp4bench::kernels::cublaslt {

/// The entry points used, under their own names without the prefix.
struct Library {
  decltype(&cublasLtCreate) create = nullptr;
  decltype(&cublasLtDestroy) destroy = nullptr;
  decltype(&cublasLtGetStatusString) status_string = nullptr;
  decltype(&cublasLtMatmul) matmul = nullptr;
  decltype(&cublasLtMatmulAlgoGetHeuristic) algo_get_heuristic = nullptr;
  decltype(&cublasLtMatmulDescCreate) desc_create = nullptr;
  decltype(&cublasLtMatmulDescDestroy) desc_destroy = nullptr;
  decltype(&cublasLtMatmulDescSetAttribute) desc_set = nullptr;
  decltype(&cublasLtMatrixLayoutCreate) layout_create = nullptr;
  decltype(&cublasLtMatrixLayoutDestroy) layout_destroy = nullptr;
  decltype(&cublasLtMatrixLayoutSetAttribute) layout_set = nullptr;
  decltype(&cublasLtMatmulPreferenceCreate) preference_create = nullptr;
  decltype(&cublasLtMatmulPreferenceDestroy) preference_destroy = nullptr;
  decltype(&cublasLtMatmulPreferenceSetAttribute) preference_set = nullptr;

  /// Why the library cannot be used; empty if it can.
  std::string why_not;
};

/// Loads on first use. Never throws.
const Library& library();

/// Throws std::runtime_error unless `status` is success. `what` completes "while ...".
void check(cublasStatus_t status, std::string_view what);

}  // namespace nvfp4bench::kernels::cublaslt
