// A row of an NVFP4 operand as integers.
#pragma once

#include <cstdint>
#include <vector>

#include "model/views.hpp"

namespace nvfp4bench::validate {

/// One row of an operand, unpacked once for several dot products.
struct UnpackedRow {
  std::vector<int16_t> codes;   // [k], in units of 2^-1
  std::vector<int32_t> scales;  // [k/16], in units of 2^-9; 0 for NaN
  bool nan = false;             // holds a NaN scale

  void unpack(const MatrixView& matrix, int64_t row, int64_t l);

  /// Euclidean norm in units of 2^-10.
  double norm() const;
};

}  // namespace nvfp4bench::validate
