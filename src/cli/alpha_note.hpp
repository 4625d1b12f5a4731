// Where the alphas of a problem come from: its fill, or the config in the fill's place.
#pragma once

#include <string>

#include "model/problem.hpp"

namespace nvfp4bench::cli {

/// One line for `plan`, such as "0.00213, to which fill gauss calibrates"; empty if the fill is unknown.
std::string alpha_note(const Problem& problem);

/// Why outputs may prove little: an alpha of the config is far from what the fill calibrates to, so that they
/// may be mostly zero, or saturated. Empty if there is no reason.
std::string alpha_warning(const Problem& problem);

}  // namespace nvfp4bench::cli
