#include "validate/unpacked_row.hpp"

#include <array>
#include <cmath>

#include "nvfp4/e2m1.hpp"
#include "nvfp4/scale_layout.hpp"
#include "nvfp4/ue4m3.hpp"
#include "validate/outward.hpp"

namespace nvfp4bench::validate {
namespace {

/// Twice the two values of a packed byte, the low nibble first.
constexpr auto kTwiceValues = [] {
  std::array<std::array<int16_t, 2>, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    table[byte] = {static_cast<int16_t>(nvfp4::e2m1_to_twice(byte & 0xF)),
                   static_cast<int16_t>(nvfp4::e2m1_to_twice(byte >> 4))};
  }
  return table;
}();

}  // namespace

void UnpackedRow::unpack(const MatrixView& matrix, int64_t row, int64_t l) {
  const int64_t k = matrix.k;
  codes.resize(static_cast<size_t>(k));
  scales.resize(static_cast<size_t>(k / kScaleBlock));
  nan = false;
  const uint8_t* packed = matrix.codes + (l * matrix.rows + row) * (k / 2);
  for (int64_t i = 0; i < k / 2; ++i) {
    codes[2 * i] = kTwiceValues[packed[i]][0];
    codes[2 * i + 1] = kTwiceValues[packed[i]][1];
  }
  const uint8_t* blocked = matrix.scales + l * nvfp4::blocked_scale_bytes(matrix.rows, k);
  for (int64_t block = 0; block < k / kScaleBlock; ++block) {
    const uint8_t code = blocked[nvfp4::blocked_scale_offset(row, block, k)];
    const bool finite = code < nvfp4::kUe4m3Nan;
    scales[block] = finite ? nvfp4::ue4m3_to_units(code) : 0;
    nan = nan || !finite;
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
