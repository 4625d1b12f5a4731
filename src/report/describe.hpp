// Problems and statuses in a few words, shared by every report for people.
#pragma once

#include <string>

#include "model/result.hpp"
#include "report/text_table.hpp"

namespace nvfp4bench::report {

/// "8 groups, M 64-248, N 4096, K 7168"; L only where it is not 1.
std::string describe_sizes(const Problem& problem);
/// "dual_gemm_silu, 8 groups, M 64-248, N 4096, K 7168, f16 output, fill gpumode, seed 1, 120 GFLOP, 277 MB"
std::string describe(const ProblemResult& problem);

Paint paint_of(Status status);

/// An output value with as many digits as its type needs to be told from its neighbours.
std::string output_value(double value, OutputType type);
/// A distance in ulps or a multiple of the bound: few digits, an exponent only when it is huge.
std::string error_size(double value);

/// "4096 of 3768320 elements checked", to stand beside the status; empty where all were, or none.
std::string sampled(const VariantResult& variant);
/// That only a sample of the elements was checked, which and of how many, or that there was none to check; empty
/// where all were.
std::string sampled(const RunResult& run, const ProblemResult& problem);

/// What exact data and what the problem's own data have shown, a line for each variant that was run on both; empty
/// where none was.
std::string proofs(const ProblemResult& problem);

/// What else the machine did while times were taken, as one paragraph; empty if nothing was seen.
std::string disturbed(const ProblemResult& problem);

}  // namespace nvfp4bench::report
