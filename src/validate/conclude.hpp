// From counts to a status: passed, failed, or a match that proves little.
#pragma once

#include "model/problem.hpp"
#include "model/result.hpp"

namespace nvfp4bench::validate {

/// Sets status and reason. The distribution counts are shares of `checked`.
void conclude(Verdict& verdict, OutputType type);

}  // namespace nvfp4bench::validate
