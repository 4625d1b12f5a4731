// Reports: pure functions from results to text. Nothing here measures, and nothing here touches files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/problem.hpp"
#include "model/result.hpp"

namespace nvfp4bench::report {

struct Style {
  bool color = false;
  int width = 100;  // columns of the terminal
};

/// The aligned table of one problem, with first mismatches under it and the paragraph that answers what the
/// second launch, the second read of a and the temporaries cost.
std::string terminal(const RunResult& run, const ProblemResult& problem, const Style& style);
/// The closing line, without its line end: counts by status, and how long the run took.
std::string summary(const RunResult& run, const Style& style);
/// That the ceilings of this machine were others at the end of the run than at its start, as one paragraph; empty
/// if they were about the same, or not measured twice.
std::string moved_ceilings(const RunResult& run);
/// That paragraph alone: paragraphs of one line each. Empty if nothing can be said.
std::string story(const RunResult& run, const ProblemResult& problem);

std::string csv(const RunResult& run);
std::string markdown(const RunResult& run);
std::string junit(const RunResult& run);

/// What a plan says of one problem beside what can be counted.
struct PlanNote {
  std::string alpha;     // where the alphas come from; "" if that is not known
  int64_t variants = 0;  // that a run would time by default, each for so long:
  double min_time_s = 0;
  double max_time_s = 0;
};

/// Sizes, bytes, flops, memory needed and rooflines of problems that are not run; a note for each of them. For a
/// terminal of `width` columns.
std::string plan(const std::vector<Problem>& problems, const std::vector<PlanNote>& notes,
                 const std::vector<Peak>& devices, int width);

}  // namespace nvfp4bench::report
