// The complete results of a run as a file.
#pragma once

#include <string>

#include "model/result.hpp"

namespace nvfp4bench::record {

std::string results_json(const RunResult& run);

}  // namespace nvfp4bench::record
