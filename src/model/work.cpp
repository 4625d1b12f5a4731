#include "model/work.hpp"

#include <algorithm>

#include "model/scale_tiles.hpp"

namespace nvfp4bench {
namespace {

constexpr int64_t kFixedAllowanceBytes = int64_t{64} << 20;

/// Codes and blocked scales.
int64_t stored_bytes(int64_t rows, const Group& g) {
  return (rows * (g.k / 2) + blocked_scale_bytes(rows, g.k)) * g.l;
}

double memory_s(const Work& work, const Peak& peak) {
  return static_cast<double>(work.bytes()) / peak.bytes_per_s;
}

double arithmetic_s(const Work& work, const Peak& peak) {
  return static_cast<double>(work.flops) / peak.flops_per_s;
}

}  // namespace

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

double bound_of_counts(const Group& g) {
  return 32 * (static_cast<double>(g.m) + 128) * (static_cast<double>(g.n) + 128) *
         (static_cast<double>(g.k) + 64) * static_cast<double>(g.l);
}

bool counts_fit(std::span<const Group> groups) {
  double bound = 0;
  for (const Group& group : groups) bound += bound_of_counts(group);
  return bound < kMaxCounts;
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

int64_t memory_needed_bytes(const Problem& problem, int64_t variants) {
  const int64_t products = problem.op == Op::dual_gemm_silu ? 2 : 1;
  const int64_t fp32_temporaries = problem.op == Op::dual_gemm_silu ? 2 : 0;
  const int64_t bytes_per_output = (2 + variants) * bytes_per_element(problem.output) +
                                   products * int64_t{sizeof(int64_t)} +
                                   fp32_temporaries * int64_t{sizeof(float)};
  int64_t bytes = kFixedAllowanceBytes;
  for (const Group& g : problem.groups)
    bytes +=
        2 * (stored_bytes(g.m, g) + products * stored_bytes(g.n, g)) + g.m * g.n * g.l * bytes_per_output;
  return bytes;
}

double speed_of_light_s(const Work& work, const Peak& peak) {
  return std::max(memory_s(work, peak), arithmetic_s(work, peak));
}

bool bound_by_memory(const Work& work, const Peak& peak) {
  return memory_s(work, peak) >= arithmetic_s(work, peak);
}

}  // namespace nvfp4bench
