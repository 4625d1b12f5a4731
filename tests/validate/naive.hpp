// Exact dot products of single elements, from the definition: what the exact reference is held against.
#pragma once

#include <cstdint>

#include "model/views.hpp"
#include "nvfp4/e2m1.hpp"
#include "nvfp4/pack.hpp"
#include "nvfp4/scale_layout.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::validate {

/// One accumulator in units of 2^-20. A NaN scale on either side sets `nan` and counts as zero in the sum.
struct ExactDot {
  int64_t sum = 0;
  bool nan = false;
};

/// Row m of a times row n of b, at batch index l, one product after the other.
inline ExactDot dot_by_definition(const MatrixView& a, int64_t m, const MatrixView& b, int64_t n, int64_t l) {
  ExactDot dot;
  // Codes count in units of 2^-1, scales in units of 2^-9.
  const auto value = [&](const MatrixView& x, int64_t row, int64_t k) {
    const int64_t code = nvfp4::get_nibble(x.codes + (l * x.rows + row) * (x.k / 2), k);
    const uint8_t scale = x.scales[l * nvfp4::blocked_scale_bytes(x.rows, x.k) +
                                   nvfp4::blocked_scale_offset(row, k / kScaleBlock, x.k)];
    if (scale >= nvfp4::kUe4m3Nan) dot.nan = true;
    const int64_t units = scale >= nvfp4::kUe4m3Nan ? 0 : nvfp4::ue4m3_to_units(scale);
    return nvfp4::e2m1_to_twice(static_cast<unsigned>(code)) * units;
  };
  for (int64_t k = 0; k < a.k; ++k) dot.sum += value(a, m, k) * value(b, n, k);
  return dot;
}

}  // namespace nvfp4bench::validate
