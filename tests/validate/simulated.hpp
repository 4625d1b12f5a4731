// Small problems with any operands, and bit-accurate models of kernels to judge on them.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <random>
#include <span>
#include <vector>

#include "data/operands.hpp"
#include "data/output_image.hpp"
#include "matrix.hpp"
#include "model/problem.hpp"
#include "model/views.hpp"
#include "naive.hpp"
#include "nvfp4/float16.hpp"
#include "nvfp4/ue4m3.hpp"
#include "validate/accumulator_bound.hpp"
#include "validate/output_number.hpp"
#include "validate/reference.hpp"

namespace nvfp4bench::validate {

using Random = std::mt19937_64;

/// Draws the next FP4 code or scale code.
using Draw = std::function<uint8_t(Random&)>;

struct Fill {
  const char* name;
  Draw code;
  Draw scale;
};

/// One for each way in which sums go wrong: realistic, wide range, same sign, exact.
inline const Fill kFills[] = {
    {"published", [](Random& r) { return static_cast<uint8_t>(r() & 0b1011); },
     [](Random& r) { return nvfp4::ue4m3_from_float(std::uniform_real_distribution<float>(0, 1)(r)); }},
    {"full", [](Random& r) { return static_cast<uint8_t>(r() & 0xF); },
     [](Random& r) { return static_cast<uint8_t>(r() % 0x7F); }},
    {"same sign", [](Random& r) { return static_cast<uint8_t>(r() & 0x7); },
     [](Random& r) { return static_cast<uint8_t>(0x38 + r() % 8); }},
    {"exact", [](Random& r) { return static_cast<uint8_t>(r() & 0xF); },
     [](Random& r) { return static_cast<uint8_t>(0x30 + 8 * (r() % 3)); }},
};

inline data::Matrix random_matrix(int64_t rows, int64_t k, int64_t l, const Fill& fill, Random& random) {
  data::Matrix matrix = test::make_matrix(rows, k, l);
  test::fill(
      matrix, [&] { return fill.code(random); }, [&] { return fill.scale(random); });
  return matrix;
}

/// A problem with its operands, exact reference and guarded outputs.
struct Simulation {
  Problem problem;
  data::Operands operands;
  ProblemView view;
  Reference reference;
  data::OutputImage outputs;

  Simulation(Problem described, const Fill& fill, uint64_t seed)
      : problem(std::move(described)), outputs(problem) {
    Random random(seed);
    view.op = problem.op;
    view.output = problem.output;
    for (const Group& group : problem.groups) {
      data::GroupOperands made;
      made.a = random_matrix(group.m, group.k, group.l, fill, random);
      made.b1 = random_matrix(group.n, group.k, group.l, fill, random);
      if (problem.op != Op::gemm) made.b2 = random_matrix(group.n, group.k, group.l, fill, random);
      made.alpha1 = group.alpha1.value_or(1);
      made.alpha2 = group.alpha2.value_or(1);
      operands.groups.push_back(std::move(made));
    }
    for (const data::GroupOperands& made : operands.groups) {
      view.groups.push_back(
          {made.a.view(), made.b1.view(), made.b2.view(), made.alpha1, made.alpha2, nullptr});
    }
    outputs.attach(view);
    refresh_reference();
  }

  /// To call after the operands were changed.
  void refresh_reference() {
    reference.groups.clear();
    for (const GroupView& group : view.groups) {
      GroupReference exact;
      const auto dots = [&](const MatrixView& b, std::vector<int64_t>& sums) {
        for (int64_t l = 0; l < group.l(); ++l) {
          for (int64_t m = 0; m < group.m(); ++m) {
            for (int64_t n = 0; n < group.n(); ++n) {
              sums.push_back(dot_by_definition(group.a, m, b, n, l).sum);
            }
          }
        }
      };
      const auto nans = [](const MatrixView& matrix) {
        std::vector<uint8_t> flags;
        UnpackedRow row;
        for (int64_t i = 0; i < matrix.l * matrix.rows; ++i) {
          row.unpack(matrix, i % matrix.rows, i / matrix.rows);
          flags.push_back(row.nan);
        }
        return flags;
      };
      dots(group.b1, exact.acc1);
      exact.a_nan = nans(group.a);
      exact.b1_nan = nans(group.b1);
      if (problem.op != Op::gemm) {
        dots(group.b2, exact.acc2);
        exact.b2_nan = nans(group.b2);
      }
      reference.groups.push_back(std::move(exact));
    }
  }

  void store(size_t group, int64_t i, uint32_t bits) {
    void* c = view.groups[group].c;
    if (problem.output == OutputType::f32) {
      static_cast<uint32_t*>(c)[i] = bits;
    } else {
      static_cast<uint16_t*>(c)[i] = static_cast<uint16_t>(bits);
    }
  }
};

/// A model of an accumulator: the fp32 result of one dot product.
using Accumulate = std::function<float(const UnpackedRow& a, const UnpackedRow& b)>;

/// fp32 additions of exact block sums in k order.
inline float add_blocks(const UnpackedRow& a, const UnpackedRow& b) {
  float sum = 0;
  for (size_t block = 0; block < a.scales.size(); ++block) {
    int dot = 0;
    for (size_t i = 16 * block; i < 16 * (block + 1); ++i) dot += a.codes[i] * b.codes[i];
    const float scale = static_cast<float>(a.scales[block]) * static_cast<float>(b.scales[block]) * 0x1p-20f;
    sum += static_cast<float>(dot) * scale;
  }
  return sum;
}

/// fp32 additions of single products, last k first.
inline float add_products_backwards(const UnpackedRow& a, const UnpackedRow& b) {
  float sum = 0;
  for (size_t i = a.codes.size(); i-- > 0;) {
    const auto x = static_cast<float>(a.codes[i] * a.scales[i / 16]);
    const auto y = static_cast<float>(b.codes[i] * b.scales[i / 16]);
    sum += x * y * 0x1p-20f;
  }
  return sum;
}

/// One step of Hopper's wgmma on fp16: 16 exact products and the accumulator, aligned to the largest exponent
/// and truncated below 2^(e-25), added, truncated to 24 bits. Exponents of products are those of the operands
/// added, not normalised; b is held as a half scaled by 2^-7, whose exponent stops at -14.
inline float hopper_step(const int64_t* a, const int64_t* b, float c) {
  const auto exponent = [](int64_t x) {
    return static_cast<int>(std::bit_width(static_cast<uint64_t>(std::abs(x)))) - 1;
  };
  int largest = -1000;
  for (int i = 0; i < 16; ++i) {
    if (a[i] * b[i] != 0) largest = std::max(largest, exponent(a[i]) + std::max(exponent(b[i]), 3) - 20);
  }
  if (c != 0) largest = std::max(largest, std::ilogb(c));
  if (largest == -1000) return 0;
  const double unit = std::ldexp(1.0, largest - 25);
  double sum = std::trunc(double{c} / unit);
  for (int i = 0; i < 16; ++i) sum += std::trunc(static_cast<double>(a[i] * b[i]) * 0x1p-20 / unit);
  sum *= unit;
  if (sum == 0) return 0;
  const double last_place = std::ldexp(1.0, std::ilogb(sum) - 23);
  return static_cast<float>(std::trunc(sum / last_place) * last_place);
}

/// Steps over k as Numerics::step_order describes.
inline float hopper(const UnpackedRow& a, const UnpackedRow& b, std::span<const uint8_t> order) {
  float sum = 0;
  for (size_t chunk = 0; chunk < a.codes.size(); chunk += order.size()) {
    for (size_t first = 0; first < order.size(); first += 16) {
      int64_t x[16] = {};
      int64_t y[16] = {};
      for (size_t i = 0; i < 16; ++i) {
        const size_t k = chunk + order[first + i];
        if (k >= a.codes.size()) continue;
        x[i] = int64_t{a.codes[k]} * a.scales[k / 16];
        y[i] = int64_t{b.codes[k]} * b.scales[k / 16];
      }
      sum = hopper_step(x, y, sum);
    }
  }
  return sum;
}

inline float hopper_ascending(const UnpackedRow& a, const UnpackedRow& b) {
  constexpr uint8_t kOrder[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return hopper(a, b, kOrder);
}

/// Computes all outputs in fp32 with a model of the accumulator and expf.
inline void run_model(Simulation& simulation, const Accumulate& accumulate) {
  UnpackedRow a, b;
  for (size_t g = 0; g < simulation.view.groups.size(); ++g) {
    const GroupView& group = simulation.view.groups[g];
    for (int64_t i = 0; i < group.l() * group.m() * group.n(); ++i) {
      const int64_t n = i % group.n(), m = i / group.n() % group.m(), l = i / group.n() / group.m();
      a.unpack(group.a, m, l);
      b.unpack(group.b1, n, l);
      const float gate = group.alpha1 * accumulate(a, b);
      float y = gate;
      if (simulation.problem.op != Op::gemm) {
        b.unpack(group.b2, n, l);
        const float up = group.alpha2 * accumulate(a, b);
        y = gate / (1 + std::exp(-gate)) * up;
      }
      simulation.store(g, i, round_to_bits(y, simulation.problem.output));
    }
  }
}

}  // namespace nvfp4bench::validate
