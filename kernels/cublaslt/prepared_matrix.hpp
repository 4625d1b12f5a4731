// NVFP4 matrices as cuBLASLt takes them.
#pragma once

#include <cstdint>
#include <cuda_runtime_api.h>
#include <vector>

#include "cuda/memory.hpp"
#include "kernels/cublaslt/matmul.hpp"
#include "model/views.hpp"

namespace nvfp4bench::kernels::cublaslt {

/// One matrix, or several of equal k and l one below the other (b1 on b2, so that one product covers both).
/// fp16 operands are dequantised by prepare(); nvfp4 ones are used where they are, or copied when stacked.
class PreparedMatrix {
 public:
  PreparedMatrix(std::vector<MatrixView> parts, Operands type);

  bool needs_preparation() const { return values_.bytes() > 0; }
  /// Enqueues only.
  void prepare(cudaStream_t stream) const;

  int64_t rows() const { return rows_; }
  const void* values(int64_t l) const;
  /// Null for fp16.
  const void* scales(int64_t l) const;
  int64_t workspace_bytes() const { return static_cast<int64_t>(values_.bytes() + scales_.bytes()); }

 private:
  int64_t value_row_bytes() const { return type_ == Operands::fp16 ? 2 * k_ : k_ / 2; }

  std::vector<MatrixView> parts_;
  Operands type_;
  int64_t rows_ = 0;
  int64_t k_ = 0;
  int64_t l_ = 0;
  cuda::DeviceBuffer values_;  // [l][rows][k] halves or packed codes; empty when used in place
  cuda::DeviceBuffer scales_;  // [l][blocked]
};

}  // namespace nvfp4bench::kernels::cublaslt
