// From counts to a status: passed, failed, or a match that proves little.
#pragma once

#include <cstdint>
#include <span>

#include "model/problem.hpp"
#include "model/result.hpp"

namespace nvfp4bench::validate {

/// What a match in one group proves little by. Every element has at most one of the reasons; counts may be
/// extrapolated from a sample.
struct GroupEvidence {
  int64_t group = 0;
  int64_t checked = 0;
  int64_t zero = 0;       // expected to be zero
  int64_t saturated = 0;  // ... infinite or NaN
  int64_t wide = 0;       // could be any of many values

  int64_t weak() const { return zero + saturated + wide; }
};

/// Sets status and reason. Trust is judged in each group of `groups`, those of few elements taken together: a
/// kernel that is wrong in a group does not hide behind the others. Empty groups say nothing.
void conclude(Verdict& verdict, OutputType type, std::span<const GroupEvidence> groups);

}  // namespace nvfp4bench::validate
