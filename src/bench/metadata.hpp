// Where the numbers of a run come from.
#pragma once

#include <string>
#include <vector>

#include "model/isa.hpp"
#include "model/result.hpp"

namespace nvfp4bench::bench {

/// The model name of this machine's CPU, or its architecture where the system gives no name.
std::string cpu_name();

/// This build, this machine, this moment.
Metadata collect_metadata(Isa isa, int threads, std::vector<std::string> command_line);

}  // namespace nvfp4bench::bench
