#include "validate/unpacked_row.hpp"

#include <cmath>

#include "nvfp4/scale_layout.hpp"
#include "validate/decode.hpp"
#include "validate/outward.hpp"

namespace nvfp4bench::validate {
void UnpackedRow::unpack(const MatrixView& matrix, int64_t row, int64_t l) {
  const int64_t k = matrix.k;
  codes.resize(static_cast<size_t>(k));
  scales.resize(static_cast<size_t>(k / kScaleBlock));
  nan = false;
  const uint8_t* packed = matrix.codes + (l * matrix.rows + row) * (k / 2);
  unpack_codes(packed, k / 2, codes.data());
  const uint8_t* blocked = matrix.scales + l * nvfp4::blocked_scale_bytes(matrix.rows, k);
  for (int64_t block = 0; block < k / kScaleBlock; ++block) {
    const uint8_t code = blocked[nvfp4::blocked_scale_offset(row, block, k)];
    scales[block] = scale_units(code);
    nan = nan || !is_finite_scale(code);
  }
}

double UnpackedRow::norm() const {
  double squares = 0;
  for (size_t block = 0; block < scales.size(); ++block) {
    int block_squares = 0;
    for (int i = 0; i < kScaleBlock; ++i) {
      const int16_t code = codes[block * kScaleBlock + i];
      block_squares += code * code;
    }
    squares += block_squares * static_cast<double>(scales[block]) * scales[block];
  }
  return std::sqrt(squares) * kOutward;
}

}  // namespace nvfp4bench::validate
