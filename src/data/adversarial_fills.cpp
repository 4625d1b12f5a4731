#include "data/adversarial_fills.hpp"

#include <cmath>
#include <cstring>

#include "data/exact_full.hpp"
#include "data/row_random.hpp"
#include "nvfp4/e2m1.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::data {
namespace {

/// Every `a_period`th row of a, every `b_period`th of b1 and b2; not the first, and not the same of each.
bool is_special(const RowId& id, int64_t a_period, int64_t b_period) {
  switch (id.tensor) {
    case Tensor::a:
      return id.row % a_period == a_period / 2 + 1;
    case Tensor::b1:
      return id.row % b_period == b_period / 4;
    case Tensor::b2:
      return id.row % b_period == b_period / 2;
  }
  return false;
}

/// Special rows are of two kinds, by turns.
bool is_of_second_kind(const RowId& id, int64_t a_period, int64_t b_period) {
  return id.row / (id.tensor == Tensor::a ? a_period : b_period) % 2 == 1;
}

std::size_t size(int64_t bytes) { return static_cast<std::size_t>(bytes); }

constexpr int64_t kNanPeriodOfA = 8;
constexpr int64_t kNanPeriodOfB = 32;
constexpr int64_t kZeroPeriodOfA = 8;
constexpr int64_t kZeroPeriodOfB = 32;

}  // namespace

void fill_nan_scales(const RowId& id, int64_t blocks, uint8_t* codes, uint8_t* scales) {
  fill_exact_full(id, blocks, codes, scales);
  if (!is_special(id, kNanPeriodOfA, kNanPeriodOfB)) return;
  const int64_t at = below(static_cast<uint32_t>(blocks), RowRandom(id, Stream::scales)(blocks)[0]);
  scales[at] = nvfp4::kUe4m3Nan;
  if (is_of_second_kind(id, kNanPeriodOfA, kNanPeriodOfB))
    std::memset(codes + at * kBlockBytes, 0, kBlockBytes);
}

void fill_zero_rows(const RowId& id, int64_t blocks, uint8_t* codes, uint8_t* scales) {
  fill_exact_full(id, blocks, codes, scales);
  if (id.tensor == Tensor::b2 || !is_special(id, kZeroPeriodOfA, kZeroPeriodOfB)) return;
  if (is_of_second_kind(id, kZeroPeriodOfA, kZeroPeriodOfB)) {
    std::memset(scales, 0, size(blocks));
  } else {
    constexpr uint8_t kZeros = 0x80;  // 0 and -0
    std::memset(codes, kZeros, size(blocks * kBlockBytes));
  }
}

void fill_extreme_scales(const RowId& id, int64_t blocks, uint8_t* codes, uint8_t* scales) {
  constexpr int64_t kMostBlocks = (int64_t{1} << 24) / (14 * 14 * 144) / kScaleBlock;
  random_codes(id, blocks, codes, 0b1111);
  thin_out(id, blocks, kMostBlocks, codes);
  switch (id.row % 3) {
    case 0:
      return random_scales(id, blocks, scales,
                           [](uint32_t word) { return static_cast<uint8_t>(1 + below(7, word)); });
    case 1:
      return random_scales(id, blocks, scales, scale_around_one);
    default:
      return random_scales(id, blocks, scales, [](uint32_t word) {
        return static_cast<uint8_t>(nvfp4::kUe4m3Max - below(7, word));  // 448, 416, ..., 256
      });
  }
}

/// For the largest: the rms of a random walk of 36 (352^2) a block.
float extreme_scales_alpha(int64_t k) {
  constexpr double kLargeScale = 352;
  constexpr double kCodeMeanSquare = 8.5625;
  return calibrate(std::sqrt(static_cast<double>(k)) * kCodeMeanSquare * kLargeScale * kLargeScale);
}

void fill_same_sign(const RowId& id, int64_t blocks, uint8_t* codes, uint8_t* scales) {
  fill_exact_full(id, blocks, codes, scales);
  const bool negative =
      (id.tensor == Tensor::b1 && id.row % 8 == 7) || (id.tensor == Tensor::b2 && id.row % 2 == 1);
  for (int64_t i = 0; i < blocks * kBlockBytes; ++i) {
    codes[i] = static_cast<uint8_t>((codes[i] & 0x77) | (negative ? 0x88 : 0));
  }
}

float same_sign_alpha(int64_t k) {
  constexpr double kMeanCode = 2.25;
  constexpr double kMeanScale = 3.5 / 3;
  return calibrate(static_cast<double>(std::min(k, kExactBlocks * kScaleBlock)) * kMeanCode * kMeanCode *
                   kMeanScale * kMeanScale);
}

}  // namespace nvfp4bench::data
