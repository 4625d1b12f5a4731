// A row of an NVFP4 operand as integers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
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

/// A row, or a range of its scale blocks.
struct RowView {
  std::span<const int16_t> codes;
  std::span<const int32_t> scales;

  RowView(const UnpackedRow& row)
      : codes(row.codes), scales(row.scales) {}  // NOLINT(google-explicit-constructor)
  RowView(std::span<const int16_t> row_codes, std::span<const int32_t> row_scales)
      : codes(row_codes), scales(row_scales) {}

  size_t k() const { return codes.size(); }
  /// One dequantised value in units of 2^-10.
  int32_t value(size_t i) const { return codes[i] * scales[i / kScaleBlock]; }
  /// k from `first` on, `count` of them or as many as there are; multiples of kScaleBlock.
  RowView range(size_t first, size_t count) const {
    count = std::min(count, k() - first);
    return {codes.subspan(first, count), scales.subspan(first / kScaleBlock, count / kScaleBlock)};
  }
};

/// The exact sum of the products of a scale block, in units of 2^-20.
inline int64_t block_sum(const RowView& a, const RowView& b, size_t block) {
  const int16_t* x = a.codes.data() + block * kScaleBlock;
  const int16_t* y = b.codes.data() + block * kScaleBlock;
  int sum = 0;
  for (int i = 0; i < kScaleBlock; ++i) sum += x[i] * y[i];
  return sum * (int64_t{a.scales[block]} * b.scales[block]);
}

}  // namespace nvfp4bench::validate
