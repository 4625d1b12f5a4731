// The NVFP4 quantiser of inference stacks: fp32 to E2M1 codes with a UE4M3 scale for every 16 values along k
// and, if wanted, one fp32 scale for the whole tensor.
//
//   tensor_scale = amax(tensor) / (6 * 448)                        so that the largest block scale is 448
//   scale        = ue4m3(amax(block) / 6 / tensor_scale)           so that the largest value of a block is 6
//   code         = e2m1(x / (scale * tensor_scale))
//
// every rounding to nearest even, saturating. What a tensor represents is code * scale * tensor_scale; the
// tensor scale belongs in alpha. Uses IEEE division and comparison only: the same bytes on every machine.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "model/problem.hpp"

namespace nvfp4bench::nvfp4 {

struct QuantizedBlock {
  std::array<uint8_t, kScaleBlock / 2> codes;  // packed, even k in the low nibble
  uint8_t scale;
};

/// Quantises finite values. A block too small for any scale but 0 becomes all zeros.
QuantizedBlock quantize_block(std::span<const float, kScaleBlock> x, float tensor_scale);

/// amax / (6 * 448), or 1 if all of `x` is zero.
float choose_tensor_scale(std::span<const float> x);

struct QuantizedMatrix {
  std::vector<uint8_t> codes;   // [rows][k/2]
  std::vector<uint8_t> scales;  // [rows][k/16], linear
};

/// x: [rows][k] row-major, finite; k a multiple of 16. Pass a tensor_scale of 1 for block scales alone.
QuantizedMatrix quantize(std::span<const float> x, int64_t rows, int64_t k, float tensor_scale);

}  // namespace nvfp4bench::nvfp4
