// The commands. Each returns the exit code; bad usage and bad input are exceptions that cli::run reports.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/cli.hpp"
#include "cli/options.hpp"
#include "kernels/variant.hpp"

namespace nvfp4bench::cli {

/// `code`, or bad_input, with a line on stderr, if some of what was printed to stdout could not be written.
Exit unless_stdout_is_lost(Exit code);

Exit run_command(const RunCommand& command, std::span<const kernels::Variant* const> variants,
                 const std::vector<std::string>& command_line);

Exit list_command(const ListCommand& command, std::span<const kernels::Variant* const> variants);

Exit plan_command(const PlanCommand& command, std::span<const kernels::Variant* const> variants);

}  // namespace nvfp4bench::cli
