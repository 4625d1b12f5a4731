#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/select.hpp"
#include "config/devices.hpp"
#include "config/lookup.hpp"
#include "report/report.hpp"

namespace nvfp4bench::cli {

Exit plan_command(const PlanCommand& command) {
  const std::vector<Problem> problems = load_problems(command.problems);
  fmt::print("{}", report::plan(problems, config::load_devices(config::find_config("devices.json"))));
  return Exit::passed;
}

}  // namespace nvfp4bench::cli
