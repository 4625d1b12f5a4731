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
#include "validate/fp32_bits.hpp"
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

/// What a sum adds, exact in fp32.
inline std::vector<float> terms_of(const UnpackedRow& a, const UnpackedRow& b, SumTerm term) {
  std::vector<float> terms;
  if (term == SumTerm::product) {
    for (size_t i = 0; i < a.codes.size(); ++i)
      terms.push_back(static_cast<float>(a.codes[i] * a.scales[i / 16]) *
                      static_cast<float>(b.codes[i] * b.scales[i / 16]) * 0x1p-20f);
  } else {
    for (size_t block = 0; block < a.scales.size(); ++block) {
      int dot = 0;
      for (size_t i = 16 * block; i < 16 * (block + 1); ++i) dot += a.codes[i] * b.codes[i];
      terms.push_back(static_cast<float>(dot) * static_cast<float>(a.scales[block]) *
                      static_cast<float>(b.scales[block]) * 0x1p-20f);
    }
  }
  return terms;
}

using Terms = std::span<const float>;

/// Rounds a sum to what an accumulator holds.
using Rounding = float (*)(float);
inline float to_fp32(float x) { return x; }
/// `kBits` significant bits, to nearest: 8 are bf16's, 11 fp16's, without its range.
template <int kBits>
float to_bits(float x) {
  const float high = x * ((1 << (24 - kBits)) + 1);  // Veltkamp's splitting
  return high - (high - x);
}

/// One addition after the other.
inline float add_chain(Terms terms, Rounding round = to_fp32) {
  float sum = 0;
  for (const float term : terms) sum = round(sum + term);
  return sum;
}

/// Halves, down to chains of at most `chain` terms.
inline float add_pairwise(Terms terms, size_t chain = 1) {
  if (terms.size() <= chain) return add_chain(terms);
  const size_t half = (terms.size() + 1) / 2;
  return add_pairwise(terms.first(half), chain) + add_pairwise(terms.subspan(half), chain);
}

/// Term t to lane t % lanes, each lane by `add_lane`; then the lanes by `add_lanes`.
template <class AddLane, class AddLanes>
float add_in_lanes(Terms terms, size_t lanes, const AddLane& add_lane, const AddLanes& add_lanes) {
  std::vector<float> sums;
  for (size_t lane = 0; lane < lanes; ++lane) {
    std::vector<float> own;
    for (size_t t = lane; t < terms.size(); t += lanes) own.push_back(terms[t]);
    sums.push_back(add_lane(Terms(own)));
  }
  return add_lanes(Terms(sums));
}

/// k from `first` on, `count` of them or as many as there are.
inline UnpackedRow range(const UnpackedRow& row, size_t first, size_t count) {
  const RowView part = RowView(row).range(first, count);
  UnpackedRow copy;
  copy.codes.assign(part.codes.begin(), part.codes.end());
  copy.scales.assign(part.scales.begin(), part.scales.end());
  return copy;
}

/// Each part by `accumulate`; then the parts in an order drawn from the first sum's bits.
inline float add_split(const UnpackedRow& a, const UnpackedRow& b, const SplitK& split,
                       const Accumulate& accumulate, Rounding round = to_fp32) {
  const auto part = static_cast<size_t>(split.part_k(static_cast<int64_t>(a.codes.size())));
  std::vector<float> sums;
  for (size_t first = 0; first < a.codes.size(); first += part)
    sums.push_back(accumulate(range(a, first, part), range(b, first, part)));
  std::shuffle(sums.begin(), sums.end(), Random(std::bit_cast<uint32_t>(sums[0])));
  return add_chain(sums, round);
}

/// fp32 additions of exact block sums in k order.
inline float add_blocks(const UnpackedRow& a, const UnpackedRow& b) {
  return add_chain(terms_of(a, b, SumTerm::block));
}

inline float add_backwards(const UnpackedRow& a, const UnpackedRow& b, SumTerm term) {
  std::vector<float> terms = terms_of(a, b, term);
  std::reverse(terms.begin(), terms.end());
  return add_chain(terms);
}

/// fp32 additions of single products, last k first.
inline float add_products_backwards(const UnpackedRow& a, const UnpackedRow& b) {
  return add_backwards(a, b, SumTerm::product);
}

/// FMAs in k order.
inline float fma_chain(const UnpackedRow& a, const UnpackedRow& b) {
  float sum = 0;
  for (size_t i = 0; i < a.codes.size(); ++i)
    sum = std::fma(static_cast<float>(a.codes[i] * a.scales[i / 16]) * 0x1p-10f,
                   static_cast<float>(b.codes[i] * b.scales[i / 16]) * 0x1p-10f, sum);
  return sum;
}

/// The sum of terms aligned to an exponent: truncated below 2^(largest - fraction_bits), then to 24 bits.
inline float truncated_sum(std::span<const double> terms, int largest, int fraction_bits) {
  const double unit = std::ldexp(1.0, largest - fraction_bits);
  double sum = 0;
  for (const double term : terms) sum += std::trunc(term / unit);
  sum *= unit;
  if (sum == 0) return 0;
  const double last_place = std::ldexp(1.0, std::ilogb(sum) - 23);
  return static_cast<float>(std::trunc(sum / last_place) * last_place);
}

/// One step of a tensor core on fp16: exact products and the accumulator. Exponents of products are those of
/// the operands added, not normalised; b is held as a half scaled by 2^-7, whose exponent stops at -14.
inline float mma_step(std::span<const int64_t> a, std::span<const int64_t> b, float c, int fraction_bits) {
  int largest = -1000;
  std::vector<double> terms{c};
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] * b[i] == 0) continue;
    largest = std::max(largest, exponent(a[i]) + std::max(exponent(b[i]), 3) - 20);
    terms.push_back(static_cast<double>(a[i] * b[i]) * 0x1p-20);
  }
  if (c != 0) largest = std::max(largest, std::ilogb(c));
  return largest == -1000 ? 0 : truncated_sum(terms, largest, fraction_bits);
}

/// Steps over k as Numerics::step_order describes.
inline float mma(const UnpackedRow& a, const UnpackedRow& b, std::span<const uint8_t> order, size_t products,
                 int fraction_bits) {
  float sum = 0;
  for (size_t chunk = 0; chunk < a.codes.size(); chunk += order.size()) {
    for (size_t first = 0; first < order.size(); first += products) {
      std::vector<int64_t> x(products), y(products);
      for (size_t i = 0; i < products; ++i) {
        const size_t k = chunk + order[first + i];
        if (k >= a.codes.size()) continue;
        x[i] = int64_t{a.codes[k]} * a.scales[k / 16];
        y[i] = int64_t{b.codes[k]} * b.scales[k / 16];
      }
      sum = mma_step(x, y, sum, fraction_bits);
    }
  }
  return sum;
}

inline constexpr uint8_t kAscending[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

inline float hopper(const UnpackedRow& a, const UnpackedRow& b, std::span<const uint8_t> order) {
  return mma(a, b, order, 16, 25);
}
inline float ampere(const UnpackedRow& a, const UnpackedRow& b) { return mma(a, b, kAscending, 8, 24); }

/// Four exact block dots a step, aligned by their scales' exponents, whatever the dots are.
inline float blackwell(const UnpackedRow& a, const UnpackedRow& b, int fraction_bits) {
  float sum = 0;
  for (size_t first = 0; first < a.scales.size(); first += 4) {
    std::vector<double> terms{sum};
    int largest = sum == 0 ? -1000 : std::ilogb(sum);
    for (size_t block = first; block < std::min(first + 4, a.scales.size()); ++block) {
      int dot = 0;
      for (size_t i = 16 * block; i < 16 * (block + 1); ++i) dot += a.codes[i] * b.codes[i];
      const int64_t scales = int64_t{a.scales[block]} * b.scales[block];
      if (scales == 0) continue;
      // Of a UE4M3 scale, whose subnormals have the exponent -6.
      const auto scale_exponent = [](int32_t units) { return std::max(std::ilogb(units * 0x1p-9), -6); };
      largest = std::max(largest, scale_exponent(a.scales[block]) + scale_exponent(b.scales[block]));
      terms.push_back(static_cast<double>(dot * scales) * 0x1p-20);
    }
    if (largest > -1000) sum = truncated_sum(terms, largest, fraction_bits);
  }
  return sum;
}
inline float blackwell_nvf4(const UnpackedRow& a, const UnpackedRow& b) { return blackwell(a, b, 35); }

inline float hopper_ascending(const UnpackedRow& a, const UnpackedRow& b) { return hopper(a, b, kAscending); }

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
