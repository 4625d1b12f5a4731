// The exact reference: accumulators as integers, no rounding anywhere before the epilogue.
#pragma once

#include <cstdint>
#include <vector>

#include "model/isa.hpp"
#include "model/views.hpp"

namespace nvfp4bench::validate {

/// Exact accumulators of one group in units of 2^-20, [l][m][n]. A row that holds a NaN scale (or a byte from
/// 0x80 on, which is no scale factor) makes every accumulator it enters NaN; such accumulators are flagged
/// here and their integers mean nothing. An empty group flags nothing.
struct GroupReference {
  std::vector<int64_t> acc1;
  std::vector<int64_t> acc2;    // empty for op gemm
  std::vector<uint8_t> a_nan;   // [l][m], 1 where the row of a has a NaN scale
  std::vector<uint8_t> b1_nan;  // [l][n]
  std::vector<uint8_t> b2_nan;  // [l][n], empty for op gemm
};

struct Reference {
  std::vector<GroupReference> groups;
};

/// Exact for every legal K (model/problem.hpp). `problem.groups[i].c` is not used.
Reference compute_reference(const ProblemView& problem, int threads);

/// The same with the given instruction set, which this CPU must have.
Reference compute_reference(const ProblemView& problem, int threads, Isa isa);

}  // namespace nvfp4bench::validate
