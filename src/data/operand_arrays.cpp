#include "data/operand_arrays.hpp"

#include "model/scale_tiles.hpp"

namespace nvfp4bench::data {

std::vector<OperandArray> operand_arrays(ProblemView& view) {
  std::vector<OperandArray> arrays;
  for (std::size_t g = 0; g < view.groups.size(); ++g) {
    GroupView& group = view.groups[g];
    const auto add = [&](MatrixView& matrix, const char* codes, const char* scales) {
      arrays.push_back({matrix.codes, matrix.l * matrix.rows * matrix.k / 2, g, codes});
      arrays.push_back({matrix.scales, matrix.l * blocked_scale_bytes(matrix.rows, matrix.k), g, scales});
    };
    add(group.a, "the codes of a", "the scales of a");
    add(group.b1, "the codes of b1", "the scales of b1");
    if (view.op != Op::gemm) add(group.b2, "the codes of b2", "the scales of b2");
  }
  return arrays;
}

}  // namespace nvfp4bench::data
