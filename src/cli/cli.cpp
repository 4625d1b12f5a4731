#include "cli/cli.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/options.hpp"
#include "cli/readable.hpp"
#include "place/worker/serve.hpp"

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
                        [&](const PlanCommand& plan) { return plan_command(plan, variants); },
                        [&](const PrintCommand& text) {
                          write(stdout, text.text);
                          return Exit::passed;
                        },
                    },
                    command);
}

}  // namespace

int run(int argc, char** argv, std::span<const kernels::Variant* const> variants) {
  if (argc >= 3 && argv[1] == place::kWorkerOption) return place::serve(std::atoi(argv[2]), variants);
  open_standard_streams();
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may grow no further is a failed write, not the end
  Exit code = Exit::bad_input;
  try {
    code = dispatch(parse(argc, argv), variants, {argv, argv + argc});
  } catch (const std::bad_alloc&) {
    print(stderr, "nvfp4bench: out of memory\n");
  } catch (const std::exception& error) {
    print(stderr, "nvfp4bench: {}\n", readable(error.what()));
  }
  return static_cast<int>(unless_stdout_is_lost(code));
}

Exit unless_stdout_is_lost(Exit code) {
  const std::string error = stdout_error();
  if (error.empty()) return code;
  print(stderr, "nvfp4bench: cannot write to stdout: {}\n", error);
  return Exit::bad_input;
}

}  // namespace nvfp4bench::cli
