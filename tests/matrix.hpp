// Operand matrices for tests, element by element.
#pragma once

#include <algorithm>
#include <cstdint>

#include "data/operands.hpp"
#include "nvfp4/pack.hpp"
#include "nvfp4/scale_layout.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::test {

using data::Matrix;

inline uint8_t code(const Matrix& x, int64_t l, int64_t row, int64_t k) {
  return nvfp4::get_nibble(x.codes.data(), (l * x.rows + row) * x.k + k);
}

inline void set_code(Matrix& x, int64_t l, int64_t row, int64_t k, uint8_t code) {
  nvfp4::put_nibble(x.codes.data(), (l * x.rows + row) * x.k + k, code);
}

/// Where the scale of block k/16 lies among the bytes.
inline int64_t scale_at(const Matrix& x, int64_t l, int64_t row, int64_t block) {
  return l * nvfp4::blocked_scale_bytes(x.rows, x.k) + nvfp4::blocked_scale_offset(row, block, x.k);
}

inline uint8_t scale(const Matrix& x, int64_t l, int64_t row, int64_t block) {
  return x.scales.data()[scale_at(x, l, row, block)];
}

inline void set_scale(Matrix& x, int64_t l, int64_t row, int64_t block, uint8_t scale) {
  x.scales.data()[scale_at(x, l, row, block)] = scale;
}

/// Every code and then every scale is drawn, in order of l, row and k. The padding of the scales is zero.
template <class DrawCode, class DrawScale>
void fill(Matrix& x, DrawCode draw_code, DrawScale draw_scale) {
  for (int64_t i = 0; i < x.l * x.rows * x.k; ++i) nvfp4::put_nibble(x.codes.data(), i, draw_code());
  std::fill_n(x.scales.data(), x.scales.size(), uint8_t{0});
  for (int64_t l = 0; l < x.l; ++l) {
    for (int64_t row = 0; row < x.rows; ++row) {
      for (int64_t block = 0; block < x.k / kScaleBlock; ++block) set_scale(x, l, row, block, draw_scale());
    }
  }
}

/// Zeros, with scales of one.
inline Matrix make_matrix(int64_t rows, int64_t k, int64_t l) {
  Matrix x{rows, k, l, data::AlignedBuffer(static_cast<size_t>(l * rows * k / 2)),
           data::AlignedBuffer(static_cast<size_t>(l * nvfp4::blocked_scale_bytes(rows, k)))};
  std::fill_n(x.codes.data(), x.codes.size(), uint8_t{0});
  fill(
      x, [] { return uint8_t{0}; }, [] { return nvfp4::kUe4m3One; });
  return x;
}

}  // namespace nvfp4bench::test
