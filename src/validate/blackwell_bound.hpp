// The running error of Blackwell's tensor cores on NVFP4 operands.
#pragma once

#include "validate/unpacked_row.hpp"

namespace nvfp4bench::validate {

/// Bound on |computed - exact|, in units of 2^-20, under Accumulator::blackwell_nvf4_k64, k ascending.
///
/// Derived, not measured: the model is MMA-Sim's for mxf4nvf4 with UE4M3 scales on B200 (its authors report
/// bit accuracy); this project has not held it against the hardware.
double running_blackwell_error(const RowView& a, const RowView& b);

}  // namespace nvfp4bench::validate
