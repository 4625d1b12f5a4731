#include "kernels/cublaslt/matmul.hpp"

#include <array>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "cuda/stream.hpp"
#include "kernels/cublaslt/library.hpp"
#include "kernels/variant.hpp"

namespace nvfp4bench::kernels::cublaslt {
namespace {

constexpr int kCandidates = 16;
constexpr int kTrials = 3;

cudaDataType_t type_of(OutputType output) {
  switch (output) {
    case OutputType::f16:
      return CUDA_R_16F;
    case OutputType::bf16:
      return CUDA_R_16BF;
    case OutputType::f32:
      return CUDA_R_32F;
  }
  return CUDA_R_32F;
}

/// Column-major rows x columns, dense.
cublasLtMatrixLayout_t make_layout(cudaDataType_t type, int64_t rows, int64_t columns) {
  cublasLtMatrixLayout_t layout = nullptr;
  check(library().layout_create(&layout, type, rows, columns, rows), "creating a matrix layout");
  return layout;
}

}  // namespace

struct Matmul::Plan {
  cublasLtHandle_t handle = nullptr;
  cublasLtMatmulDesc_t desc = nullptr;
  cublasLtMatrixLayout_t b = nullptr;
  cublasLtMatrixLayout_t a = nullptr;
  cublasLtMatrixLayout_t d = nullptr;
  cublasLtMatmulAlgo_t algo{};
  float alpha = 1;
  MatmulPointers pointers;

  ~Plan() {
    const Library& lt = library();
    if (d) lt.layout_destroy(d);
    if (a) lt.layout_destroy(a);
    if (b) lt.layout_destroy(b);
    if (desc) lt.desc_destroy(desc);
  }

  template <class T>
  void set(cublasLtMatmulDescAttributes_t attribute, const T& value, const char* what) {
    check(library().desc_set(desc, attribute, &value, sizeof value), what);
  }

  void describe(const MatmulShape& shape) {
    check(library().desc_create(&desc, CUBLAS_COMPUTE_32F, CUDA_R_32F), "creating a matmul descriptor");
    set(CUBLASLT_MATMUL_DESC_TRANSA, CUBLAS_OP_T, "transposing the first operand");
    set(CUBLASLT_MATMUL_DESC_TRANSB, CUBLAS_OP_N, "setting the second operand");
    cudaDataType_t type = CUDA_R_16F;
    if (shape.operands == Operands::nvfp4) {
      type = CUDA_R_4F_E2M1;
      const int32_t mode = CUBLASLT_MATMUL_MATRIX_SCALE_VEC16_UE4M3;
      set(CUBLASLT_MATMUL_DESC_A_SCALE_MODE, mode, "setting the scale mode");
      set(CUBLASLT_MATMUL_DESC_B_SCALE_MODE, mode, "setting the scale mode");
      set(CUBLASLT_MATMUL_DESC_A_SCALE_POINTER, pointers.b_scales, "setting the scales");
      set(CUBLASLT_MATMUL_DESC_B_SCALE_POINTER, pointers.a_scales, "setting the scales");
    }
    b = make_layout(type, shape.k, shape.n);
    a = make_layout(type, shape.k, shape.m);
    d = make_layout(type_of(shape.output), shape.n, shape.m);
  }

  cublasStatus_t enqueue(const cublasLtMatmulAlgo_t& chosen, void* workspace, cudaStream_t stream) const {
    const float beta = 0;
    return library().matmul(handle, desc, &alpha, pointers.b, b, pointers.a, a, &beta, pointers.d, d,
                            pointers.d, d, &chosen, workspace, kWorkspaceBytes, stream);
  }

  /// Best of kTrials, seconds; infinite if the algorithm does not run.
  double measure(const cublasLtMatmulAlgo_t& candidate, void* workspace, cudaStream_t stream) const {
    double best = std::numeric_limits<double>::infinity();
    cuda::Event start;
    cuda::Event end;
    for (int trial = 0; trial <= kTrials; ++trial) {  // the first warms up
      start.record(stream);
      if (enqueue(candidate, workspace, stream) != CUBLAS_STATUS_SUCCESS) return best;
      end.record(stream);
      cuda::check(cudaStreamSynchronize(stream), "trying a cuBLASLt algorithm");
      if (trial > 0) best = std::min(best, cuda::seconds_between(start, end));
    }
    return best;
  }

  void search(const MatmulShape& shape, void* workspace, cudaStream_t stream) {
    const Library& lt = library();
    cublasLtMatmulPreference_t preference = nullptr;
    check(lt.preference_create(&preference), "creating a matmul preference");
    // No split-K: the numerics contract allows one sum an output.
    const uint32_t reductions = CUBLASLT_REDUCTION_SCHEME_NONE;
    const uint64_t workspace_bytes = kWorkspaceBytes;
    lt.preference_set(preference, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, &reductions, sizeof reductions);
    lt.preference_set(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &workspace_bytes,
                      sizeof workspace_bytes);
    std::array<cublasLtMatmulHeuristicResult_t, kCandidates> found{};
    int count = 0;
    const cublasStatus_t status =
        lt.algo_get_heuristic(handle, desc, b, a, d, d, preference, kCandidates, found.data(), &count);
    lt.preference_destroy(preference);
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; status == CUBLAS_STATUS_SUCCESS && i < count; ++i) {
      const double seconds = measure(found[i].algo, workspace, stream);
      if (seconds < best) {
        best = seconds;
        algo = found[i].algo;
      }
    }
    if (best == std::numeric_limits<double>::infinity())
      throw CannotRun(fmt::format("cuBLASLt has no algorithm for m {} n {} k {}", shape.m, shape.n, shape.k));
  }
};

Matmul::Matmul(cublasLtHandle_t handle, const MatmulShape& shape, float alpha, const MatmulPointers& pointers,
               void* workspace, cudaStream_t stream)
    : plan_(std::make_unique<Plan>()) {
  plan_->handle = handle;
  plan_->alpha = alpha;
  plan_->pointers = pointers;
  plan_->describe(shape);
  plan_->search(shape, workspace, stream);
}

Matmul::~Matmul() = default;
Matmul::Matmul(Matmul&&) noexcept = default;
Matmul& Matmul::operator=(Matmul&&) noexcept = default;

void Matmul::run(void* workspace, cudaStream_t stream) const {
  check(plan_->enqueue(plan_->algo, workspace, stream), "running a cuBLASLt matmul");
}

}  // namespace nvfp4bench::kernels::cublaslt
