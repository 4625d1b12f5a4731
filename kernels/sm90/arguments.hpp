// What the host hands to the sm90 kernels. Plain data: the tables lie in device memory, made once by bind().
#pragma once

#include <cstdint>

#include "kernels/parts/shift_multipliers.hpp"
#include "kernels/sm90/layout.hpp"
#include "kernels/sm90/schedule.hpp"
#include "model/problem.hpp"

namespace nvfp4bench::kernels::sm90 {

/// 128 opaque bytes that the copy engine reads (CUtensorMap).
struct alignas(64) TensorMap {
  uint64_t opaque[16];
};

/// One GEMM: a group at one batch index.
struct Product {
  /// Of b1 and b2. Codes: (k/2, n) bytes, box kRowBytes x kBlockRows, 128-byte swizzle. Scales: (S4/4 64,
  /// n/128) of 8 bytes, box 256 x 1, which is 128 rows x 16 scales.
  TensorMap codes[2];
  TensorMap scales[2];
  /// a as published, and where the pre-pass puts it: [panel][row][64] fp16, see layout.hpp.
  const uint8_t* a_codes = nullptr;
  const uint8_t* a_scales = nullptr;
  uint8_t* tokens = nullptr;
  /// [m][n] in the output type.
  void* c = nullptr;
  uint32_t m = 0;
  uint32_t n = 0;
  uint32_t k = 0;
  float alpha1 = 1;
  float alpha2 = 1;
};

struct Arguments {
  const Product* products = nullptr;
  const Tile* tiles = nullptr;
  /// Block i computes tiles[first_tile[i]] .. tiles[first_tile[i + 1] - 1].
  const uint32_t* first_tile = nullptr;
  SharedPlan shared;
  OutputType output = OutputType::f16;
  parts::ShiftMultipliers shift;
};

}  // namespace nvfp4bench::kernels::sm90
