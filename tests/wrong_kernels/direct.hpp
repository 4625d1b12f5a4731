// A slow, plain kernel that evaluates the definition element by element, in steps that a wrong kernel replaces:
// each of those is one line of a table. The numbers between steps are doubles, exact up to the accumulator.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>

#include "kernels/variant.hpp"
#include "nvfp4/e2m1.hpp"
#include "nvfp4/float16.hpp"
#include "nvfp4/output_bits.hpp"
#include "nvfp4/scale_layout.hpp"
#include "nvfp4/ue4m3.hpp"
#include "wrong_kernels/expectation.hpp"

namespace nvfp4bench::wrong_kernels {

enum class Operand { a, b1, b2 };

struct Element {
  const ProblemView& problem;
  int64_t group;
  int64_t l;
  int64_t m;
  int64_t n;

  const GroupView& view() const { return problem.groups[static_cast<size_t>(group)]; }
};

/// A row of an operand.
struct RowAt {
  int64_t group;
  int64_t l;
  int64_t row;
};

/// A scale block of a row of a and of a row of b, decoded.
struct Block {
  std::span<const double, kScaleBlock> a;
  std::span<const double, kScaleBlock> b;
  double scale;  // of a times of b

  double product(size_t i) const { return a[i] * b[i] * scale; }
  double dot() const {
    double sum = 0;
    for (size_t i = 0; i < kScaleBlock; ++i) sum += a[i] * b[i];
    return sum;
  }
};

struct Steps {
  /// Which row of an operand goes into an element.
  RowAt (*row)(const Element&, Operand, RowAt right) = [](const Element&, Operand, RowAt right) {
    return right;
  };
  /// The code of value k of a packed row.
  unsigned (*code)(const uint8_t* codes, int64_t k, Operand) = [](const uint8_t* codes, int64_t k, Operand) {
    return codes[k / 2] >> (k % 2 * 4) & 0xFu;
  };
  double (*value)(unsigned nibble) = [](unsigned nibble) -> double { return nvfp4::e2m1_to_float(nibble); };
  /// Offset of a scale from the first one of its l.
  int64_t (*scale_offset)(const MatrixView& x, int64_t r, int64_t block,
                          Operand) = [](const MatrixView& x, int64_t r, int64_t block, Operand) {
    return nvfp4::blocked_scale_offset(r, block, x.k);
  };
  double (*scale)(uint8_t byte, Operand) = [](uint8_t byte, Operand) -> double {
    return nvfp4::ue4m3_to_float(byte);
  };
  /// How often a block is added.
  int (*times)(const Element&, int64_t block, int64_t blocks) = [](const Element&, int64_t, int64_t) {
    return 1;
  };
  double (*add)(double sum, const Block&) = [](double sum, const Block& x) {
    return sum + x.dot() * x.scale;
  };
  /// What is kept of a sum; `b` is the operand that a met.
  double (*keep)(const Element&, Operand b, double sum) = [](const Element&, Operand, double sum) {
    return sum;
  };
  float (*alpha)(const Element&, Operand b) = [](const Element& e, Operand b) {
    return b == Operand::b1 ? e.view().alpha1 : e.view().alpha2;
  };
  double (*silu)(double gate) = [](double gate) { return gate / (1 + std::exp(-gate)); };
  /// `activated` is silu of the gate.
  double (*fuse)(double gate, double activated, double up) = [](double, double activated, double up) {
    return activated * up;
  };
  uint32_t (*store)(const Element&, double y) = [](const Element& e, double y) {
    return nvfp4::round_to_bits(y, e.problem.output);
  };
  bool (*writes)(const Element&) = [](const Element&) { return true; };
};

struct DirectVariant : kernels::Variant {
  Steps steps;
  Expectation expected;
};

/// Declares sums of blocks in fp32 and a fast silu.
DirectVariant direct(std::string_view name, std::string_view summary, const Expectation& expected,
                     const Steps& steps);

/// Likewise, for the single product.
DirectVariant direct_gemm(std::string_view name, std::string_view summary, const Expectation& expected,
                          const Steps& steps);

/// The engine itself, which is right, for each op.
extern const DirectVariant direct_right;
extern const DirectVariant direct_right_gemm;

// One table a file.
std::span<const DirectVariant> wrong_sums();
std::span<const DirectVariant> wrong_decoding();
std::span<const DirectVariant> wrong_epilogues();
std::span<const DirectVariant> wrong_addresses();

// --- Numbers of fewer bits ----------------------------------------------------------------------------

inline double as_f16(double x) { return nvfp4::f16_to_float(nvfp4::f16_from(x)); }
inline double as_bf16(double x) { return nvfp4::bf16_to_float(nvfp4::bf16_from(x)); }

/// x with `bits` significant bits, rounded to nearest, or towards zero.
inline double rounded_to(int bits, double x) {
  if (!std::isfinite(x) || x == 0) return x;
  const int shift = bits - 1 - std::ilogb(x);
  return std::ldexp(std::nearbyint(std::ldexp(x, shift)), -shift);
}
inline double cut_to(int bits, double x) {
  if (!std::isfinite(x) || x == 0) return x;
  const int shift = bits - 1 - std::ilogb(x);
  return std::ldexp(std::trunc(std::ldexp(x, shift)), -shift);
}

}  // namespace nvfp4bench::wrong_kernels
