// Operands for kernel tests, and what a kernel must make of them, written from the definition.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>

#include "matrix.hpp"
#include "model/problem.hpp"
#include "nvfp4/e2m1.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::test {

/// All 16 codes, and scales from first to last, evenly.
inline void randomise(Matrix& x, std::mt19937& random, uint8_t first_scale, uint8_t last_scale) {
  fill(
      x, [&] { return static_cast<uint8_t>(random() % 16); },
      [&] { return static_cast<uint8_t>(first_scale + random() % (last_scale - first_scale + 1u)); });
}

/// The dot of one block, scales included. Exact in fp32 and so in double; NaN if a scale is.
inline double block_dot(const Matrix& a, const Matrix& b, int64_t l, int64_t m, int64_t n, int64_t block) {
  double sum = 0;
  for (int64_t k = block * kScaleBlock; k < (block + 1) * kScaleBlock; ++k) {
    sum += static_cast<double>(nvfp4::e2m1_to_float(code(a, l, m, k))) *
           static_cast<double>(nvfp4::e2m1_to_float(code(b, l, n, k)));
  }
  return sum * static_cast<double>(nvfp4::ue4m3_to_float(scale(a, l, m, block))) *
         static_cast<double>(nvfp4::ue4m3_to_float(scale(b, l, n, block)));
}

/// What Accumulator::fp32_per_block promises: exact blocks, added in k order in fp32.
inline float fp32_per_block(const Matrix& a, const Matrix& b, int64_t l, int64_t m, int64_t n) {
  float sum = 0;
  for (int64_t block = 0; block < a.k / kScaleBlock; ++block) {
    sum += static_cast<float>(block_dot(a, b, l, m, n, block));
  }
  return sum;
}

/// silu(g) * u in double, from fp32 accumulators.
inline double silu_mul(float acc1, float alpha1, float acc2, float alpha2) {
  const auto g = static_cast<double>(alpha1 * acc1);
  const auto u = static_cast<double>(alpha2 * acc2);
  return g / (1 + std::exp(-g)) * u;
}

}  // namespace nvfp4bench::test
