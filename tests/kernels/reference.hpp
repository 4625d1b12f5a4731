// Operands for kernel tests, and what a kernel must make of them, written from the definition.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "model/problem.hpp"
#include "model/views.hpp"
#include "nvfp4/e2m1.hpp"
#include "nvfp4/pack.hpp"
#include "nvfp4/scale_layout.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::test {

/// One matrix as plain numbers: codes [l][rows][k] and scales [l][rows][k/16], and both as kernels read them.
struct Matrix {
  Matrix(int64_t rows_, int64_t k_, int64_t l_) : rows(rows_), k(k_), l(l_) {
    codes.resize(static_cast<size_t>(l * rows * k));
    scales.resize(static_cast<size_t>(l * rows * k / kScaleBlock), nvfp4::kUe4m3One);
  }

  uint8_t& code(int64_t li, int64_t r, int64_t ki) {
    return codes[static_cast<size_t>((li * rows + r) * k + ki)];
  }
  uint8_t& scale(int64_t li, int64_t r, int64_t block) {
    return scales[static_cast<size_t>((li * rows + r) * (k / kScaleBlock) + block)];
  }

  MatrixView view() {
    packed.assign(codes.size() / 2, 0);
    for (size_t i = 0; i < codes.size(); ++i) {
      nvfp4::put_nibble(packed.data(), static_cast<int64_t>(i), codes[i]);
    }
    const int64_t bytes = nvfp4::blocked_scale_bytes(rows, k);
    blocked.assign(static_cast<size_t>(l * bytes), 0);
    for (int64_t li = 0; li < l; ++li) {
      nvfp4::linear_to_blocked(scales.data() + li * rows * (k / kScaleBlock), rows, k,
                               blocked.data() + li * bytes);
    }
    return {rows, k, l, packed.data(), blocked.data()};
  }

  int64_t rows, k, l;
  std::vector<uint8_t> codes, scales;
  std::vector<uint8_t> packed, blocked;
};

/// All 16 codes, and scales from first to last, evenly.
inline void randomise(Matrix& x, std::mt19937& random, uint8_t first_scale, uint8_t last_scale) {
  for (auto& code : x.codes) code = static_cast<uint8_t>(random() % 16);
  for (auto& scale : x.scales) {
    scale = static_cast<uint8_t>(first_scale + random() % (last_scale - first_scale + 1u));
  }
}

/// The dot of one block, scales included. Exact in fp32 and so in double; NaN if a scale is.
inline double block_dot(Matrix& a, Matrix& b, int64_t l, int64_t m, int64_t n, int64_t block) {
  double sum = 0;
  for (int64_t k = block * kScaleBlock; k < (block + 1) * kScaleBlock; ++k) {
    sum += static_cast<double>(nvfp4::e2m1_to_float(a.code(l, m, k))) *
           static_cast<double>(nvfp4::e2m1_to_float(b.code(l, n, k)));
  }
  return sum * static_cast<double>(nvfp4::ue4m3_to_float(a.scale(l, m, block))) *
         static_cast<double>(nvfp4::ue4m3_to_float(b.scale(l, n, block)));
}

/// What Accumulator::fp32_per_block promises: exact blocks, added in k order in fp32.
inline float fp32_per_block(Matrix& a, Matrix& b, int64_t l, int64_t m, int64_t n) {
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
