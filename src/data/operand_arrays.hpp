// The arrays that a problem's operands are: codes and scales of a, b1 and b2 of every group.
#pragma once

#include <cstdint>
#include <vector>

#include "model/views.hpp"

namespace nvfp4bench::data {

/// One of them, and the pointer to it in the view.
struct OperandArray {
  const uint8_t*& pointer;
  int64_t bytes;
  std::size_t group;
  const char* what;  // "the codes of b1"
};

/// In the order in which the view has them; op gemm has no b2. An empty group has arrays of 0 bytes.
std::vector<OperandArray> operand_arrays(ProblemView& view);

}  // namespace nvfp4bench::data
