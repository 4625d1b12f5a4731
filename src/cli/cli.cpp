#include "cli/cli.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/options.hpp"

namespace nvfp4bench::cli {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

Exit dispatch(const Command& command, std::span<const kernels::Variant* const> variants,
              const std::vector<std::string>& command_line) {
  return std::visit(Overloaded{
                        [&](const RunCommand& run) { return run_command(run, variants, command_line); },
                        [&](const ListCommand& list) { return list_command(list, variants); },
                        [&](const PlanCommand& plan) { return plan_command(plan); },
                        [&](const PrintCommand& print) {
                          fmt::print("{}", print.text);
                          return Exit::passed;
                        },
                    },
                    command);
}

}  // namespace

int run(int argc, char** argv, std::span<const kernels::Variant* const> variants) {
  Exit code = Exit::bad_input;
  try {
    code = dispatch(parse(argc, argv), variants, {argv, argv + argc});
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "nvfp4bench: out of memory\n");
  } catch (const std::exception& error) {
    fmt::print(stderr, "nvfp4bench: {}\n", error.what());
  }
  if (std::fflush(stdout) != 0) {
    fmt::print(stderr, "nvfp4bench: cannot write to stdout: {}\n", std::strerror(errno));
    code = Exit::bad_input;
  }
  return static_cast<int>(code);
}

}  // namespace nvfp4bench::cli
