#include "validate/naive.hpp"

#include <array>
#include <cstdlib>

#include "nvfp4/e2m1.hpp"
#include "nvfp4/pack.hpp"
#include "nvfp4/scale_layout.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::validate {
namespace {

const uint8_t* row_codes(const MatrixView& x, int64_t row, int64_t l) {
  return x.codes + (l * x.rows + row) * (x.k / 2);
}

uint8_t scale_code(const MatrixView& x, int64_t row, int64_t block, int64_t l) {
  return x.scales[l * nvfp4::blocked_scale_bytes(x.rows, x.k) + nvfp4::blocked_scale_offset(row, block, x.k)];
}

/// Units of 2^-9. NaN counts as zero, and so does a byte that is no scale factor.
int64_t scale_units(uint8_t code, bool& nan) {
  if (code >= nvfp4::kUe4m3Nan) {
    nan = true;
    return 0;
  }
  return nvfp4::ue4m3_to_units(code);
}

/// Twice the two values of a packed byte.
constexpr auto kTwiceValues = [] {
  std::array<std::array<int16_t, 2>, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    table[byte] = {static_cast<int16_t>(nvfp4::e2m1_to_twice(byte & 0xF)),
                   static_cast<int16_t>(nvfp4::e2m1_to_twice(byte >> 4))};
  }
  return table;
}();

}  // namespace

ExactDot dot_by_definition(const MatrixView& a, int64_t m, const MatrixView& b, int64_t n, int64_t l) {
  ExactDot dot;
  for (int64_t k = 0; k < a.k; ++k) {
    // Codes count in units of 2^-1, scales in units of 2^-9: products of all four in units of 2^-20.
    const int64_t a_units = nvfp4::e2m1_to_twice(nvfp4::get_nibble(row_codes(a, m, l), k)) *
                            scale_units(scale_code(a, m, k / kScaleBlock, l), dot.nan);
    const int64_t b_units = nvfp4::e2m1_to_twice(nvfp4::get_nibble(row_codes(b, n, l), k)) *
                            scale_units(scale_code(b, n, k / kScaleBlock, l), dot.nan);
    dot.sum += a_units * b_units;
    dot.abs_sum += std::abs(a_units * b_units);
  }
  return dot;
}

ExactDot dot_by_blocks(const MatrixView& a, int64_t m, const MatrixView& b, int64_t n, int64_t l) {
  constexpr int64_t kBlockBytes = kScaleBlock / 2;
  ExactDot dot;
  const uint8_t* a_codes = row_codes(a, m, l);
  const uint8_t* b_codes = row_codes(b, n, l);
  for (int64_t block = 0; block < a.k / kScaleBlock; ++block) {
    int block_sum = 0;
    int block_abs_sum = 0;
    for (int64_t i = block * kBlockBytes; i < (block + 1) * kBlockBytes; ++i) {
      const auto& x = kTwiceValues[a_codes[i]];
      const auto& y = kTwiceValues[b_codes[i]];
      const int low = x[0] * y[0];
      const int high = x[1] * y[1];
      block_sum += low + high;
      block_abs_sum += std::abs(low) + std::abs(high);
    }
    const int64_t scale =
        scale_units(scale_code(a, m, block, l), dot.nan) * scale_units(scale_code(b, n, block, l), dot.nan);
    dot.sum += block_sum * scale;
    dot.abs_sum += block_abs_sum * scale;
  }
  return dot;
}

}  // namespace nvfp4bench::validate
