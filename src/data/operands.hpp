// Owned NVFP4 operands of one problem, and the views of them that kernels and the judge take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/aligned_buffer.hpp"
#include "model/problem.hpp"
#include "model/views.hpp"

namespace nvfp4bench::data {

/// One NVFP4 matrix, rows x k x l, laid out as MatrixView says.
struct Matrix {
  int64_t rows = 0;
  int64_t k = 0;
  int64_t l = 0;
  AlignedBuffer codes;
  AlignedBuffer scales;

  MatrixView view() const { return {rows, k, l, codes.data(), scales.data()}; }
};

struct GroupOperands {
  Matrix a;
  Matrix b1;
  Matrix b2;  // empty for op gemm
  float alpha1 = 1;
  float alpha2 = 1;
};

struct Operands {
  std::vector<GroupOperands> groups;
};

/// The operands that `problem` describes: problem.fill with problem.seed. The same bytes for every thread
/// count and on every machine. An unknown fill is a std::invalid_argument.
Operands generate(const Problem& problem, int threads);

/// Views of `operands`, with c left null.
ProblemView view(const Problem& problem, const Operands& operands);

}  // namespace nvfp4bench::data
