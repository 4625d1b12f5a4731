// Which instruction sets this CPU has.
#pragma once

#include <string>

#include "model/isa.hpp"

namespace nvfp4bench::nvfp4 {

/// Empty if this CPU runs `isa`, else what it lacks.
std::string why_not(Isa isa);
Isa best_isa();

}  // namespace nvfp4bench::nvfp4
