// Operands as kernels and the judge see them: pointers into host or device memory, never owned.
#pragma once

#include <cstdint>
#include <vector>

#include "model/problem.hpp"

namespace nvfp4bench {

/// One NVFP4 matrix in its published packed layout, rows x k x l (l slowest).
struct MatrixView {
  int64_t rows = 0;
  int64_t k = 0;
  int64_t l = 0;
  /// [l][rows][k/2] bytes: E2M1, K-major, two values a byte, even k in the low nibble.
  const uint8_t* codes = nullptr;
  /// [l][blocked] bytes: UE4M3 in the 128x4 blocked layout (nvfp4/scale_layout.hpp).
  const uint8_t* scales = nullptr;
};

/// One group: a is m x k, b1 and b2 are n x k, c is [l][m][n] in the problem's output type.
/// op gemm leaves b2 null.
struct GroupView {
  MatrixView a;
  MatrixView b1;
  MatrixView b2;
  float alpha1 = 1;
  float alpha2 = 1;
  void* c = nullptr;

  int64_t m() const { return a.rows; }
  int64_t n() const { return b1.rows; }
  int64_t k() const { return a.k; }
  int64_t l() const { return a.l; }
};

struct ProblemView {
  Op op = Op::dual_gemm_silu;
  OutputType output = OutputType::f16;
  std::vector<GroupView> groups;
};

}  // namespace nvfp4bench
