#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>

#include <fmt/format.h>

#include "bench/metadata.hpp"
#include "bench/runner.hpp"
#include "cli/alpha_note.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/interrupt.hpp"
#include "cli/machine.hpp"
#include "cli/output_files.hpp"
#include "cli/progress.hpp"
#include "cli/readable.hpp"
#include "cli/same_file.hpp"
#include "cli/select.hpp"
#include "config/devices.hpp"
#include "config/lookup.hpp"
#include "record/dump.hpp"
#include "record/load.hpp"
#include "report/report.hpp"
#include "report/text_table.hpp"

namespace nvfp4bench::cli {
namespace {

report::Style style_of(std::FILE* stream) {
  const char* const no_color = std::getenv("NO_COLOR");
  return {.color = understands_escapes(stream) && (no_color == nullptr || *no_color == '\0'),
          .width = terminal_width(stream)};
}

/// --dump names folders after problems.
void check_names_differ(const std::vector<Problem>& problems) {
  std::set<std::string> names;
  for (const Problem& problem : problems) {
    if (!names.insert(problem.name).second)
      throw UsageError(
          fmt::format("--dump: two problems are named '{}'; dump them one at a time", problem.name));
  }
}

void check_dump_spares(const std::filesystem::path& folder,
                       const std::vector<std::filesystem::path>& inputs) {
  for (const std::filesystem::path& input : inputs) {
    if (record::is_dump_file(input) && lies_in(input, folder))
      throw UsageError(fmt::format("--dump: cannot write to {}: this run reads {}", folder.string(),
                                   input.filename().string()));
  }
}

/// With a kernel that hangs, tearing the process down in order would wait for the GPU, and so for ever.
[[noreturn]] void leave_at_once(Exit code) {
  code = unless_stdout_is_lost(code);
  std::fflush(nullptr);
  std::_Exit(static_cast<int>(code));
}

/// From the system, so that no kernel can compute it.
uint64_t random_seed() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

Exit exit_code(const RunResult& result) {
  bool passed = false;
  for (const ProblemResult& problem : result.problems) {
    for (const VariantResult& variant : problem.variants) {
      if (variant.status == Status::passed) {
        // Where there is nothing to compute, anything passes.
        passed = passed || (variant.verdict && variant.verdict->checked > 0);
      } else if (variant.status != Status::skipped && variant.status != Status::pending) {
        return Exit::failed;
      }
    }
  }
  if (result.interrupted) return Exit::interrupted;
  return passed ? Exit::passed : Exit::nothing_ran;
}

}  // namespace

Exit run_command(const RunCommand& command, std::span<const kernels::Variant* const> all_variants,
                 const std::vector<std::string>& command_line) {
  // Everything that the user can get wrong is looked at before anything runs.
  const kernels::Machine machine = make_machine(command.isa, command.threads, command.device);
  std::vector<std::string> warnings;
  const bool on_gpu = runs_on_gpu(all_variants, machine);
  const std::vector<const kernels::Variant*> variants =
      select_variants(all_variants, command.variants, command.excluded, on_gpu, warnings);
  if (machine.gpu && !on_gpu && command.variants.empty())
    warnings.push_back(
        fmt::format("no variant can run on this {}: running those of the CPU", machine.gpu->name));

  std::optional<record::Loaded> loaded;
  std::vector<Problem> problems;
  std::vector<std::filesystem::path> inputs;
  if (command.load) {
    loaded = record::load(*command.load);
    problems.push_back(loaded->problem);
    inputs = loaded->files;
  } else {
    problems = load_problems(command.problems);
    for (const std::string& name : command.problems.configs) inputs.push_back(config::find_config(name));
  }
  for (const Problem& problem : problems) {
    if (std::string warning = alpha_warning(problem); !warning.empty())
      warnings.push_back(std::move(warning));
  }
  std::vector<bench::Job> jobs;
  for (Problem& problem : problems) jobs.push_back({problem, loaded ? &loaded->operands : nullptr});

  start_threads(command.threads);
  std::optional<record::Dump> dump;
  if (command.dump) {
    check_names_differ(problems);
    dump.emplace(*command.dump, problems);
    for (const std::filesystem::path& folder : dump->folders()) check_dump_spares(folder, inputs);
  }
  const OutputFiles files(command, inputs);  // which may lie in the folders of the dump
  if (dump) {
    for (const std::filesystem::path& folder : dump->folders()) files.keep_out_of_dump(folder);
  }

  RunResult result;
  if (command.time_only) result.sample_seed = command.sample_seed.value_or(random_seed());
  result.devices = config::find_devices(config::own_folders());
  result.metadata = bench::collect_metadata(command.isa, command.threads, command_line);
  result.metadata.in_process = command.in_process;

  std::FILE* const out = files.uses_stdout() ? stderr : stdout;
  const report::Style style = style_of(out);
  Progress progress(!command.quiet, understands_escapes(stderr));
  for (const std::string& warning : warnings) print(stderr, "nvfp4bench: warning: {}\n", readable(warning));

  const bench::RunOptions options{.machine = machine,
                                  .check_only = command.check_only,
                                  .exact_first = command.exact_first,
                                  .time_only = command.time_only,
                                  .sample_seed = result.sample_seed.value_or(0),
                                  .min_time_s = command.min_time_s,
                                  .max_time_s = command.max_time_s,
                                  .samples = command.samples};
  bench::RunObserver observer;
  observer.progress = [&](std::string_view name, std::string_view detail) { progress.step(name, detail); };
  observer.begun = [&](const RunResult& current) { files.update(current); };
  observer.updated = [&](const RunResult& current) { files.update(current); };
  observer.problem_done = [&](const RunResult& current, const ProblemResult& problem) {
    progress.done();
    if (command.quiet) return;
    print(out, "{}\n", report::terminal(current, problem, style));
    std::fflush(out);
  };
  observer.stop = [] { return InterruptFlag::raised(); };
  if (dump) {
    observer.reference = [&](const Problem& problem, const ProblemView& view,
                             const validate::Reference& reference) {
      dump->add_problem(problem, view, reference);
    };
    observer.output = [&](const Problem& problem, const ProblemView& view, const VariantResult& variant) {
      dump->add_output(problem, view, variant.variant);
    };
  }

  const InterruptFlag interrupt;
  const bench::Instruments instruments =
      command.in_process
          ? bench::this_machine()
          : bench::separate_processes({.timeout_s = command.timeout_s, .stop = InterruptFlag::raised});
  bench::run(jobs, variants, !command.variants.empty(), options, observer, result, instruments);
  progress.done();
  const bool delivered = files.finish(result);
  if (const std::string moved = report::moved_ceilings(result); !command.quiet && !moved.empty())
    print(out, "{}\n", report::wrap(moved, std::min(style.width, report::kWidestProse)));
  print(out, "{}\n", report::summary(result, style));
  if (!delivered) print(stderr, "nvfp4bench: interrupted while a report waited for its reader\n");
  const Exit code = delivered ? exit_code(result) : Exit::interrupted;
  if (result.gpu && !result.gpu->lost_in.empty()) leave_at_once(code);
  return code;
}

}  // namespace nvfp4bench::cli
