// The one place that knows CLI11.
#include "cli/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <omp.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "config/lookup.hpp"
#include "nvfp4/isa_support.hpp"
#include "text/config_error.hpp"
#include "text/nearest.hpp"

namespace nvfp4bench::cli {
namespace {

constexpr int kMaxThreads = 1024;
constexpr int kMaxDevices = 1023;
constexpr int kMaxSamples = 10'000;

constexpr std::string_view kFooter = R"(
Examples:
  nvfp4bench --config g8_k7168.json                     all variants, on the GPU if there is one
  nvfp4bench --config smoke --check-only                a correctness gate for CI
  nvfp4bench --config correctness --problem 'edge_*'    some problems of a set
  nvfp4bench --config g8_k7168 --variants 'cpu/fused_*' --json result.json
  nvfp4bench --config decode_g8 --dump out/             operands, exact results and outputs as .npy
  nvfp4bench list                                       variants, configs, fills and devices
  nvfp4bench plan --config g8_k7168                     sizes, bytes, flops, speed of light; runs nothing

Exit codes: 0 all passed; 1 a wrong, mistrusted, rejected or errored result; 2 bad usage or bad input;
  77 nothing ran (everything was skipped, nothing matched, or nothing was to compute); 130 interrupted.
NO_COLOR turns colour off; NVFP4BENCH_CONFIG_PATH adds folders (colon-separated) to look configs up in.)";

/// All of the text must be a T. CLI11 alone takes '' for 0, and numbers that do not fit wrap around.
template <class T>
CLI::Validator parsed_as(std::string what) {
  return {[what = std::move(what)](const std::string& text) {
            T value{};
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            const bool valid = error == std::errc() && end == text.data() + text.size();
            return valid ? "" : fmt::format("expected {}, got '{}'", what, text);
          },
          "", "number"};
}

void add_problem_options(CLI::App& app, ProblemOptions& options) {
  app.add_option("-c,--config", options.configs,
                 "Problem set: a file, or the name of one that `list configs` shows. May be repeated")
      ->type_name("NAME|FILE");
  app.add_option("-p,--problem", options.names,
                 "Problems of those sets to work on, in place of all: names or globs, comma-separated")
      ->delimiter(',')
      ->type_name("GLOBS");
  app.add_option("--seed", options.seed, "Seed of the data, in place of the problem's own")
      ->type_name("N")
      ->check(parsed_as<uint64_t>("an unsigned 64-bit integer"));
  app.add_option("--fill", options.fill, "What to fill the operands with; `list fills` shows the choices")
      ->type_name("NAME");
  app.add_option(
         "--pad-scales", options.pad_scales,
         "What scales hold where rows are padded to 128: zero, random or nan. No output may depend on it")
      ->type_name("WHAT");
}

/// Options as CLI11 fills them; checked and turned into a RunCommand afterwards.
struct RawRun {
  RunCommand command;
  std::string isa = "best";
};

void add_run_options(CLI::App& app, RawRun& raw) {
  RunCommand& run = raw.command;
  add_problem_options(app, run.problems);
  app.add_option("--load", run.load, "Run on the operands that --dump wrote to DIR, or that you made like it")
      ->type_name("DIR");
  app.add_option("-v,--variants", run.variants,
                 "Variants to run: names or globs, comma-separated, e.g. 'cpu/*,sm90/gemm'")
      ->delimiter(',')
      ->type_name("GLOBS");
  app.add_option("--exclude", run.excluded, "Variants to leave out: names or globs, comma-separated")
      ->delimiter(',')
      ->type_name("GLOBS");

  app.add_option("--json", run.json,
                 "Write results as JSON (configs/schemas/result.schema.json); - is stdout")
      ->type_name("FILE")
      ->group("Output");
  app.add_option("--csv", run.csv, "Write results as CSV")->type_name("FILE")->group("Output");
  app.add_option("--markdown", run.markdown, "Write results as Markdown")->type_name("FILE")->group("Output");
  app.add_option("--junit", run.junit, "Write outcomes as JUnit XML")->type_name("FILE")->group("Output");
  app.add_option("--dump", run.dump,
                 "Write operands, exact accumulators and every output to DIR as .npy, with an index.json")
      ->type_name("DIR")
      ->group("Output");
  app.add_flag("-q,--quiet", run.quiet, "No progress and no tables, only the summary line")->group("Output");

  CLI::Option* check_only =
      app.add_flag("--check-only", run.check_only, "Check results and measure nothing")->group("Measurement");
  CLI::Option* time_only =
      app.add_flag("--time-only", run.time_only, "Check a sample of each output instead of all of it")
          ->excludes(check_only)
          ->group("Measurement");
  app.add_option(
         "--sample-seed", run.sample_seed,
         "Check the sample that N picks, as a result file tells it; default: one that nobody can know")
      ->type_name("N")
      ->check(parsed_as<uint64_t>("an unsigned 64-bit integer"))
      ->needs(time_only)
      ->group("Measurement");
  app.add_flag("--exact-first", run.exact_first,
               "Show every variant's sums on exact data first, not only of those that sum in unknown order")
      ->group("Measurement");
  app.add_option("--threads", run.threads,
                 "CPU threads; default: OMP_NUM_THREADS, or all that this process may use")
      ->type_name("N")
      ->check(parsed_as<int>("an integer"))
      ->check(CLI::Range(1, kMaxThreads))
      ->group("Measurement");
  app.add_option("--device", run.device, "GPU to use, as `list devices` numbers them; default: the first")
      ->type_name("N")
      ->check(parsed_as<int>("an integer"))
      ->check(CLI::Range(0, kMaxDevices))
      ->group("Measurement");
  app.add_option("--isa", raw.isa, "CPU instruction set: portable, avx2, avx512vnni or best")
      ->type_name("NAME")
      ->group("Measurement");
  CLI::Option* min_time =
      app.add_option("--min-time", run.min_time_s, "Seconds to sample each variant for, at least")
          ->type_name("S")
          ->capture_default_str()
          ->check(parsed_as<double>("seconds"))
          ->group("Measurement");
  CLI::Option* max_time =
      app.add_option("--max-time", run.max_time_s, "Seconds to sample each variant for, at most")
          ->type_name("S")
          ->capture_default_str()
          ->check(parsed_as<double>("seconds"))
          ->group("Measurement");
  app.add_option("--samples", run.samples, "Take exactly N samples of each variant, however long that takes")
      ->type_name("N")
      ->check(parsed_as<int>("an integer"))
      ->check(CLI::Range(1, kMaxSamples))
      ->excludes(min_time)
      ->excludes(max_time)
      ->excludes(check_only)
      ->group("Measurement");
  CLI::Option* timeout =
      app.add_option("--timeout", run.timeout_s,
                     "Seconds after which a call of a variant counts as one that hangs; default: 60, or what "
                     "0.5 GFLOP/s would take where that is more")
          ->type_name("S")
          ->group("Measurement");
  app.add_flag("--in-process", run.in_process,
               "Run variants in this process, for debuggers and profilers: one that crashes or hangs ends "
               "the run, and nothing is out of its reach")
      ->excludes(timeout)
      ->group("Measurement");
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  for (const CLI::App* sub : app.get_subcommands(nullptr)) names.push_back(sub->get_name());
  return names;
}

bool is_config(const std::string& name) {
  try {
    config::find_config(name);
    return true;
  } catch (const text::ConfigError&) {
    return false;
  }
}

/// A command takes what follows it; nothing that was asked for beside it is dropped in silence.
void reject_mixture(const CLI::App& app) {
  const std::vector<CLI::App*> commands = app.get_subcommands();
  if (commands.empty()) return;
  const std::string& command = commands.front()->get_name();
  if (commands.size() > 1)
    throw UsageError(fmt::format("{} and {} are two commands: give one", command, commands[1]->get_name()));
  for (const CLI::Option* option : app.get_options()) {
    if (option->count() == 0) continue;
    const std::vector<std::string> names = option_names(*commands.front());
    const std::string& name = option->get_name();
    const bool known = std::find(names.begin(), names.end(), name) != names.end();
    throw UsageError(
        known ? fmt::format("{0} stands before {1}, which takes what follows it: nvfp4bench {1} {0} ...",
                            name, command)
              : fmt::format("{} is not for {}: it belongs to a run", name, command));
  }
}

void reject_extras(const CLI::App& app) {
  const std::vector<std::string> extras = app.remaining();
  if (extras.empty()) return;
  const std::string& extra = extras.front();
  if (!extra.starts_with('-') && is_config(extra))
    throw UsageError(fmt::format("unknown argument '{}' (did you mean '--config {}'?)", extra, extra));
  const std::string name = extra.substr(0, extra.find('='));
  const std::vector<std::string> names = option_names(app);
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  throw UsageError(
      fmt::format("unknown argument '{}'{}; see --help", extra, text::did_you_mean(name, candidates)));
}

void check_times(const RunCommand& run) {
  constexpr double kLongest = 1e6;
  if (run.timeout_s && !(*run.timeout_s > 0 && *run.timeout_s <= kLongest))
    throw UsageError(fmt::format("--timeout: expected more than 0 and at most {:g} seconds, got {}", kLongest,
                                 *run.timeout_s));
  if (!(run.min_time_s >= 0 && run.min_time_s <= kLongest))
    throw UsageError(fmt::format("--min-time: expected 0 to {:g} seconds, got {}", kLongest, run.min_time_s));
  if (!(run.max_time_s > 0 && run.max_time_s <= kLongest))
    throw UsageError(fmt::format("--max-time: expected more than 0 and at most {:g} seconds, got {}",
                                 kLongest, run.max_time_s));
}

/// What OpenMP would take, hence OMP_NUM_THREADS where that is set, and what it can get.
int default_threads() { return std::min({omp_get_max_threads(), omp_get_thread_limit(), kMaxThreads}); }

RunCommand checked(RawRun raw, bool max_time_given) {
  RunCommand run = std::move(raw.command);
  if (run.problems.configs.empty() && !run.load)
    throw UsageError("nothing to run: expected --config NAME|FILE or --load DIR; see --help");
  if (run.load && !run.problems.configs.empty()) throw UsageError("--load and --config exclude each other");
  if (run.load && !run.problems.names.empty())
    throw UsageError("--load has one problem: --problem has nothing to select");
  if (run.load && (run.problems.seed || run.problems.fill || run.problems.pad_scales))
    throw UsageError("--load runs on given operands: --seed, --fill and --pad-scales have nothing to fill");
  if (run.dump && run.time_only)
    throw UsageError("--dump writes exact results, which --time-only does not compute");
  if (run.threads > omp_get_thread_limit())
    throw UsageError(
        fmt::format("--threads {}: OMP_THREAD_LIMIT allows {}", run.threads, omp_get_thread_limit()));
  check_times(run);
  if (run.min_time_s > run.max_time_s) {
    if (max_time_given)
      throw UsageError(
          fmt::format("--min-time {} is more than --max-time {}", run.min_time_s, run.max_time_s));
    run.max_time_s = run.min_time_s;
  }
  if (raw.isa == "best") {
    run.isa = nvfp4::best_isa();
  } else if (const std::optional<Isa> isa = parse_isa(raw.isa)) {
    run.isa = *isa;
  } else {
    const std::array<std::string_view, 4> names{"portable", "avx2", "avx512vnni", "best"};
    throw UsageError(fmt::format("--isa: expected portable, avx2, avx512vnni or best, got '{}'{}", raw.isa,
                                 text::did_you_mean(raw.isa, names)));
  }
  return run;
}

}  // namespace

Command parse(int argc, const char* const* argv) {
  CLI::App app{
      "Validates and times kernels for the NVFP4 grouped dual GEMM with SwiGLU,\n"
      "C = silu(A B1) * (A B2), against an exact reference.",
      "nvfp4bench"};
  app.footer(std::string(kFooter));
  app.set_version_flag("--version", "nvfp4bench " NVFP4BENCH_VERSION);
  app.allow_extras();
  app.get_formatter()->column_width(32);

  RawRun run;
  run.command.threads = default_threads();
  add_run_options(app, run);

  CLI::App* list = app.add_subcommand("list", "What there is, and why what cannot run here cannot");
  const std::map<std::string, ListWhat> lists{{"variants", ListWhat::variants},
                                              {"configs", ListWhat::configs},
                                              {"fills", ListWhat::fills},
                                              {"devices", ListWhat::devices}};
  std::string what;
  list->add_option("what", what, "variants, configs, fills or devices; all of them if left out");
  bool list_json = false;
  list->add_flag("--json", list_json, "As JSON");
  list->allow_extras();

  PlanCommand plan_command;
  CLI::App* plan = app.add_subcommand("plan", "Sizes, bytes, flops, memory and speed of light; runs nothing");
  add_problem_options(*plan, plan_command.problems);
  plan->add_flag("--json", plan_command.json, "As JSON");
  plan->allow_extras();

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    // The help of the subcommand that --help follows, if any.
    const std::vector<CLI::App*> subs = app.get_subcommands();
    return PrintCommand{subs.empty() ? app.help() : subs.front()->help("nvfp4bench")};
  } catch (const CLI::CallForVersion& version) {
    return PrintCommand{std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    std::string message = error.what();
    std::replace(message.begin(), message.end(), '\n', ' ');
    throw UsageError(message);
  }

  reject_mixture(app);
  if (list->parsed()) {
    reject_extras(*list);
    reject_extras(app);
    if (what.empty()) return ListCommand{.json = list_json};
    if (const auto found = lists.find(what); found != lists.end())
      return ListCommand{.what = found->second, .json = list_json};
    const std::array<std::string_view, 4> names{"variants", "configs", "fills", "devices"};
    throw UsageError(fmt::format("list: expected variants, configs, fills or devices, got '{}'{}", what,
                                 text::did_you_mean(what, names)));
  }
  if (plan->parsed()) {
    reject_extras(*plan);
    reject_extras(app);
    if (plan_command.problems.configs.empty())
      throw UsageError("nothing to plan: expected --config NAME|FILE; see plan --help");
    return plan_command;
  }
  reject_extras(app);
  if (argc == 1) throw UsageError("nothing to do: try --config smoke, list, or --help");
  return checked(std::move(run), app.count("--max-time") > 0);
}

}  // namespace nvfp4bench::cli
