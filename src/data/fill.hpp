// The catalogue of fills: what values a problem's operands are filled with, and why.
//
// Every byte is a pure function of (seed, group, tensor, l, row, position in the row), computed with integers
// and IEEE basic operations only: the same on every machine and for any number of threads.
//
// Where the problem gives no alpha, the fill chooses alpha1 = alpha2, from K alone:
//   gpumode, zeros            1: outputs fit fp16 as they are
//   ones, exact_full, full    the power of two that brings the accumulators' rms nearest to 4: exact, in
//   and the adversarial ones  the range where silu bends and fp16 is sharp. At alpha 1 they leave fp16.
//   gauss                     the product of the tensors' second-level scales, as a checkpoint has it; the
//                             weights' standard deviation is such that the accumulators' is 4
//
// exact_full holds at every legal K: a row of `a` keeps at most 7280 values (455 blocks, spread over K and
// shifted from row to row) and is zero elsewhere, so that no sum leaves the integers that fp32 holds.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/problem.hpp"

namespace nvfp4bench::data {

enum class Tensor : uint32_t { a, b1, b2 };

/// Which row of which tensor.
struct RowId {
  uint64_t seed = 0;
  int64_t group = 0;
  Tensor tensor = Tensor::a;
  int64_t l = 0;
  int64_t row = 0;
};

struct FillInfo {
  std::string_view name;
  std::string_view summary;
  /// Writes the `blocks` = k/16 scale blocks of one row: packed codes (8 bytes a block) and linear scales.
  void (*fill_row)(const RowId& id, int64_t blocks, uint8_t* codes, uint8_t* scales) = nullptr;
  /// alpha1 and alpha2 where the problem gives none.
  float (*default_alpha)(int64_t k) = nullptr;
};

/// The linear scales of a row that only pads the layout, which hold zeros until then.
void fill_padding_row(const RowId& id, PadScales pad, int64_t blocks, uint8_t* scales);

std::span<const FillInfo> fills();
/// Null if there is none of that name.
const FillInfo* find_fill(std::string_view name);

}  // namespace nvfp4bench::data
