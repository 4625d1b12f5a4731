// The command line.
#pragma once

#include <span>

#include "kernels/variant.hpp"

namespace nvfp4bench::cli {

/// Exit codes: design of the tool, tested, never renumbered.
enum class Exit : int {
  passed = 0,
  failed = 1,         // a wrong, mistrusted, rejected or errored result
  bad_input = 2,      // bad usage, or bad input
  nothing_ran = 77,   // everything was skipped, or nothing matched
  interrupted = 130,  // by SIGINT, SIGTERM or SIGHUP; what had finished is reported
};

/// The whole program: parses, runs, reports; returns the exit code. Never throws.
int run(int argc, char** argv, std::span<const kernels::Variant* const> variants);

}  // namespace nvfp4bench::cli
