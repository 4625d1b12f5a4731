#include "nvfp4/quantize.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "nvfp4/e2m1.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::nvfp4 {
namespace {

float largest_magnitude(std::span<const float> x) {
  float amax = 0;
  for (const float value : x) amax = std::max(amax, std::abs(value));
  return amax;
}

}  // namespace

QuantizedBlock quantize_block(std::span<const float, kScaleBlock> x, float tensor_scale) {
  QuantizedBlock block{};
  block.scale = ue4m3_from_float(largest_magnitude(x) / kE2m1Max / tensor_scale);
  if (block.scale == 0) return block;
  const float step = ue4m3_to_float(block.scale) * tensor_scale;
  std::array<uint32_t, kScaleBlock> codes;
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = e2m1_from_float(x[i] / step);
  for (std::size_t i = 0; i < block.codes.size(); ++i) {
    block.codes[i] = static_cast<uint8_t>(codes[2 * i] | codes[2 * i + 1] << 4);
  }
  return block;
}

float choose_tensor_scale(std::span<const float> x) {
  const float amax = largest_magnitude(x);
  return amax == 0 ? 1 : amax / (kE2m1Max * kUe4m3MaxValue);
}

QuantizedMatrix quantize(std::span<const float> x, int64_t rows, int64_t k, float tensor_scale) {
  if (k % kScaleBlock != 0 || static_cast<int64_t>(x.size()) != rows * k) {
    throw std::invalid_argument(fmt::format(
        "cannot quantise {} values as {} x {}: k must be a multiple of {}", x.size(), rows, k, kScaleBlock));
  }
  QuantizedMatrix matrix;
  matrix.codes.reserve(x.size() / 2);
  matrix.scales.reserve(x.size() / kScaleBlock);
  for (std::size_t at = 0; at < x.size(); at += kScaleBlock) {
    const QuantizedBlock block = quantize_block(x.subspan(at).first<kScaleBlock>(), tensor_scale);
    matrix.codes.insert(matrix.codes.end(), block.codes.begin(), block.codes.end());
    matrix.scales.push_back(block.scale);
  }
  return matrix;
}

}  // namespace nvfp4bench::nvfp4
