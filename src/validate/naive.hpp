// Exact dot products of single elements, from the definition: what the fast reference is held against, and
// what the judge asks for where it needs more about one element than its accumulator.
#pragma once

#include <cstdint>

#include "model/views.hpp"

namespace nvfp4bench::validate {

/// One accumulator in units of 2^-20. Both sums fit for every legal K (model/problem.hpp). A NaN scale on
/// either side sets `nan` and counts as zero in the sums.
struct ExactDot {
  int64_t sum = 0;
  int64_t abs_sum = 0;  // sum of |a b|
  bool nan = false;

  bool operator==(const ExactDot&) const = default;
};

/// Row m of a times row n of b, at batch index l, one product after the other.
ExactDot dot_by_definition(const MatrixView& a, int64_t m, const MatrixView& b, int64_t n, int64_t l);

/// The same result several times faster: one scale product a block.
ExactDot dot_by_blocks(const MatrixView& a, int64_t m, const MatrixView& b, int64_t n, int64_t l);

}  // namespace nvfp4bench::validate
