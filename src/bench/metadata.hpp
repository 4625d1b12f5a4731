// Where the numbers of a run come from.
#pragma once

#include <string>
#include <vector>

#include "model/result.hpp"
#include "nvfp4/isa.hpp"

namespace nvfp4bench::bench {

/// This build, this machine, this moment.
Metadata collect_metadata(nvfp4::Isa isa, int threads, std::vector<std::string> command_line);

}  // namespace nvfp4bench::bench
