// The verdict: every output element against the interval that the exact value and the variant's declared
// numerics allow.
#pragma once

#include <cstdint>
#include <optional>

#include "model/numerics.hpp"
#include "model/result.hpp"
#include "model/views.hpp"
#include "validate/reference.hpp"

namespace nvfp4bench::validate {

struct JudgeOptions {
  int threads = 1;
  /// Mismatches to keep in Verdict::first.
  int64_t keep = 8;
  /// The bit pattern that outputs were filled with before the run (low 16 bits for 2-byte outputs). Absent
  /// where it is not known: then no element counts as unwritten.
  std::optional<uint32_t> poison;
  /// That the variant's sums are right has been shown on other data: wide intervals prove enough then.
  bool sums_proven = false;
};

/// Judges the outputs at problem.groups[i].c. Status is passed, failed or mistrusted.
Verdict judge(const ProblemView& problem, const Reference& reference, const Numerics& numerics,
              const JudgeOptions& options);

/// The same without a reference, on about `count` elements picked by `seed`, some of every group: for
/// --time-only. Every element is still looked at for the poison.
Verdict judge_sample(const ProblemView& problem, const Numerics& numerics, const JudgeOptions& options,
                     int64_t count, uint64_t seed);

}  // namespace nvfp4bench::validate
