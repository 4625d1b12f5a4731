#include "model/work.hpp"

#include <algorithm>

namespace nvfp4bench {

Work count_work(const Problem& problem) {
  const int64_t products = problem.op == Op::dual_gemm_silu ? 2 : 1;
  Work work;
  for (const Group& g : problem.groups) {
    const int64_t row_bytes = g.k / 2 + g.k / kScaleBlock;
    work.flops += products * 2 * g.m * g.n * g.k * g.l;
    if (g.m == 0) continue;  // an empty group reads nothing
    work.a_bytes += g.m * row_bytes * g.l;
    work.weight_bytes += products * g.n * row_bytes * g.l;
    work.output_bytes += g.m * g.n * g.l * bytes_per_element(problem.output);
  }
  return work;
}

Problem as_single_gemm(Problem problem) {
  problem.op = Op::gemm;
  return problem;
}

int64_t traffic_bytes(const Problem& problem, const Structure& structure) {
  const Work work = count_work(problem);
  int64_t bytes = work.bytes() + (structure.passes_over_a - 1) * work.a_bytes;
  if (structure.fp32_temporaries) {
    const int64_t outputs = work.output_bytes / bytes_per_element(problem.output);
    bytes += 2 /* acc1, acc2 */ * 2 /* written, read */ * 4 * outputs;
  }
  return bytes;
}

double speed_of_light_s(const Work& work, const Peak& peak) {
  return std::max(static_cast<double>(work.bytes()) / peak.bytes_per_s,
                  static_cast<double>(work.flops) / peak.flops_per_s);
}

}  // namespace nvfp4bench
