// One cuBLASLt product, planned once: d[m,n] = alpha * sum_k a[m,k] b[n,k], row-major.
#pragma once

#include <cstdint>
#include <cublasLt.h>
#include <cuda_runtime_api.h>
#include <memory>

#include "model/problem.hpp"

namespace nvfp4bench::kernels::cublaslt {

enum class Operands {
  fp16,   // [l][rows][k] halves
  nvfp4,  // packed codes with 128x4 blocked UE4M3 scales (devices with FP4 tensor cores)
};

struct MatmulShape {
  int64_t m = 0;
  int64_t n = 0;
  int64_t k = 0;
  Operands operands = Operands::fp16;
  OutputType output = OutputType::f32;
};

struct MatmulPointers {
  const void* a = nullptr;
  const void* b = nullptr;
  const void* a_scales = nullptr;  // nvfp4 only
  const void* b_scales = nullptr;
  void* d = nullptr;
};

/// cuBLASLt reads row-major C[m,n] = A[m,k] B[n,k]^T as column-major C^T = B A^T: its first operand is b.
class Matmul {
 public:
  static constexpr std::size_t kWorkspaceBytes = 32u << 20;

  /// Tries every algorithm that the heuristic proposes on the given buffers and keeps the fastest.
  /// Throws std::runtime_error when cuBLASLt has none.
  Matmul(cublasLtHandle_t handle, const MatmulShape& shape, float alpha, const MatmulPointers& pointers,
         void* workspace, cudaStream_t stream);
  ~Matmul();
  Matmul(Matmul&&) noexcept;
  Matmul& operator=(Matmul&&) noexcept;

  void run(void* workspace, cudaStream_t stream) const;

 private:
  struct Plan;
  std::unique_ptr<Plan> plan_;
};

}  // namespace nvfp4bench::kernels::cublaslt
