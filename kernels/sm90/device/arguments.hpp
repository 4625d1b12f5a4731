// What the host hands to the sm90 kernels. Plain data: the tables lie in device memory, made once by bind().
#pragma once

#include <cstdint>

#include "kernels/parts/shift_multipliers.hpp"
#include "kernels/sm90/plan/layout.hpp"
#include "kernels/sm90/plan/schedule.hpp"
#include "model/problem.hpp"

namespace nvfp4bench::kernels::sm90 {

/// 128 opaque bytes that the copy engine reads (CUtensorMap).
struct alignas(64) TensorMap {
  uint64_t opaque[16];
};

/// Where a product's results go: c is [m][n] in the output type.
struct Output {
  void* c = nullptr;
  uint32_t m = 0;
  uint32_t n = 0;
};

/// One GEMM: a group at one batch index.
struct Product {
  /// Of b1 and b2. Codes: (k/2, n) bytes, box kRowBytes x block_rows, 128-byte swizzle. Scales: (256, S4/2,
  /// n/128) bytes, box 256 x 8 x 1, which is 128 rows x 16 scales.
  TensorMap codes[2];
  TensorMap scales[2];
  /// a as fp16: [panel][row][64], see layout.hpp.
  uint8_t* tokens = nullptr;
  Output output;
  /// Jobs that expand this product's tokens.
  uint32_t expand_jobs = 0;
  float alpha1 = 1;
  float alpha2 = 1;
};

/// A block's share of expanding one product's tokens, with what it needs to know of that product.
struct alignas(16) ExpandJob {
  const uint8_t* a_codes = nullptr;
  const uint8_t* a_scales = nullptr;
  uint8_t* tokens = nullptr;
  uint32_t m = 0;
  uint32_t k = 0;
  ExpandShare share;
};

/// The lists of block i start at tiles[i] and jobs[i]; a first entry without work has no columns or no units.
struct Arguments {
  const Product* products = nullptr;
  const Tile* tiles = nullptr;
  /// Null if another launch has expanded the tokens.
  const ExpandJob* jobs = nullptr;
  /// How far the expansion has come; all zero before and after a launch. [products] jobs done, and the number
  /// of blocks that need nothing more of it.
  uint32_t* jobs_done = nullptr;
  uint32_t* blocks_done = nullptr;
  uint32_t num_products = 0;
  SharedPlan shared;
  OutputType output = OutputType::f16;
  parts::ShiftMultipliers shift;
};

}  // namespace nvfp4bench::kernels::sm90
