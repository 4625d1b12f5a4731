#include "bench/runner.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

#include <fmt/format.h>

#include "bench/context.hpp"
#include "bench/disturbance.hpp"
#include "bench/exact_tier.hpp"
#include "bench/lookout.hpp"
#include "bench/problem_run.hpp"

namespace nvfp4bench::bench {
namespace {

int64_t size_bytes(const data::Operands& operands) {
  std::size_t bytes = 0;
  for (const data::GroupOperands& group : operands.groups) {
    for (const data::Matrix* matrix : {&group.a, &group.b1, &group.b2}) {
      bytes += matrix->codes.size() + matrix->scales.size();
    }
  }
  return static_cast<int64_t>(bytes);
}

int64_t count_of(Op op, std::span<const kernels::Variant* const> variants) {
  return std::count_if(variants.begin(), variants.end(),
                       [&](const kernels::Variant* variant) { return variant->op == op; });
}

void check_memory(std::span<const Job> jobs, std::span<const kernels::Variant* const> variants,
                  const RunOptions& options, const Instruments& instruments) {
  const std::optional<int64_t> available = instruments.available_memory_bytes();
  if (!available) return;
  for (const Job& job : jobs) {
    int64_t needed = memory_needed_bytes(job.problem, count_of(job.problem.op, variants));
    // Given operands are in memory already, so not available any more. Generated ones take their turn with exact
    // data of the same size; given ones do not.
    const bool second_set = std::any_of(variants.begin(), variants.end(), [&](const auto* variant) {
      return wants_exact_tier(*variant, job.problem, options);
    });
    if (job.operands && !second_set) needed -= size_bytes(*job.operands);
    if (needed > *available) {
      throw NotEnoughMemory(fmt::format("{} needs {:.2f} GB of memory, but only {:.2f} GB are available",
                                        job.problem.name, static_cast<double>(needed) / 1e9,
                                        static_cast<double>(*available) / 1e9));
    }
  }
}

bool any_on(bool gpu, std::span<const kernels::Variant* const> variants) {
  return std::any_of(variants.begin(), variants.end(),
                     [&](const kernels::Variant* variant) { return variant->on_gpu == gpu; });
}

Limits limits_of(const place::Facts& facts) {
  return {.ceilings = facts.ceilings,
          .cold_cache_bytes = facts.cold_cache_bytes,
          .launch_floor_s = facts.launch_floor_s};
}

void open_host(Context& context) {
  if (!context.options.check_only) context.step("measuring this machine's ceilings");
  context.host.place = context.instruments.open_host(context.machine);
  const place::Facts facts = context.host.place->facts(!context.options.check_only);
  context.host.limits = limits_of(facts);
  context.result.machine = facts.ceilings;
  if (facts.ceilings) context.result.sweep_bytes = facts.flush_bytes;
}

void open_device(Context& context) {
  kernels::Machine& machine = context.machine;
  context.step(machine.gpu->name, "measuring");
  try {
    context.gpu.place = context.instruments.open_device(machine);
    context.result.gpu = GpuResult{.device = *machine.gpu};
    const place::Facts facts = context.gpu.place->facts(!context.options.check_only);
    context.gpu.limits = limits_of(facts);
    context.result.gpu = GpuResult{.device = facts.device.value_or(*machine.gpu),
                                   .ceilings = facts.ceilings,
                                   .launch_floor_s = facts.launch_floor_s,
                                   .flush_bytes = facts.flush_bytes};
  } catch (const std::exception& error) {
    machine.gpu_why_not = fmt::format("{} cannot be used: {}", machine.gpu->name, error.what());
    machine.gpu.reset();
    if (context.gpu.place && context.gpu.place->lost()) {
      context.result.gpu->lost_in = "its own measurement";
    } else {
      context.result.gpu.reset();
    }
  }
}

double flops_of(std::span<const Job> jobs) {
  double flops = 0;
  for (const Job& job : jobs) flops += static_cast<double>(count_work(job.problem).flops);
  return flops;
}

/// What the time budgets leave for sampling, at most. Absent where nothing is sampled, or without a budget.
std::optional<double> sampling_left_s(std::span<const Job> left,
                                      std::span<const kernels::Variant* const> variants,
                                      const RunOptions& options) {
  if (options.check_only || options.samples) return std::nullopt;
  double seconds = 0;
  for (const Job& job : left) {
    seconds += options.max_time_s * static_cast<double>(count_of(job.problem.op, variants));
  }
  return seconds;
}

/// "problem 2 of 12, at most about 90 s left: ". What is done beside sampling (data, references, checks) grows
/// with the flops, at the rate of the problems before; before the first of them it is not known.
std::string position(const Context& context, std::span<const Job> jobs, std::size_t current,
                     std::span<const kernels::Variant* const> variants) {
  if (jobs.size() == 1) return "";
  const std::span<const Job> left = jobs.subspan(current);
  const std::optional<double> sampling_s = sampling_left_s(left, variants, context.options);
  const double flops_done = flops_of(jobs.first(current));
  std::string text = fmt::format("problem {} of {}", current + 1, jobs.size());
  if (flops_done > 0 && !context.options.samples) {
    const double beside_s = context.beside_sampling_s / flops_done * flops_of(left);
    text += fmt::format(", {}about {:.0f} s left", sampling_s ? "at most " : "",
                        sampling_s.value_or(0) + beside_s);
  } else if (sampling_s) {
    text += fmt::format(", at most {:.0f} s of sampling left", *sampling_s);
  }
  return text + ": ";
}

bool has_time(const ProblemResult& problem) {
  return std::any_of(problem.variants.begin(), problem.variants.end(),
                     [](const VariantResult& variant) { return variant.timing.has_value(); });
}

std::string spoken(double seconds) {
  return seconds < 1e-3 ? fmt::format("{:.3g} us", 1e6 * seconds) : fmt::format("{:.3g} ms", 1e3 * seconds);
}

void note_modes(ProblemResult& problem) {
  for (const VariantResult& variant : problem.variants) {
    if (!variant.timing) continue;
    const std::optional<TwoModes> modes = two_modes(variant.timing->samples);
    if (!modes) continue;
    problem.disturbances.push_back(fmt::format("{} takes around {} or, {:.0f} % of its runs, around {}",
                                               variant.variant, spoken(modes->low), 100 * modes->high_share,
                                               spoken(modes->high)));
  }
}

bool has_verdict(const ProblemResult& problem) {
  return std::any_of(problem.variants.begin(), problem.variants.end(),
                     [](const VariantResult& variant) { return variant.verdict.has_value(); });
}

void run_problem(Context& context, const Job& job, std::span<const kernels::Variant* const> variants,
                 bool variants_named) {
  const RunObserver& observer = context.observer;
  ProblemResult& problem = context.result.problems.emplace_back();
  problem.problem = job.problem;
  problem.work = count_work(job.problem);
  const double begun_s = context.now();
  Lookout lookout(context.instruments);
  const auto note_disturbances = [&] {
    if (!has_time(problem)) return;
    lookout.look();
    problem.disturbances = lookout.seen();
    note_modes(problem);
  };
  try {
    ProblemRun problem_run(context, lookout, job, problem);
    problem_run.run(variants, variants_named);
    context.beside_sampling_s += context.now() - begun_s - problem_run.sampling_s();
    note_disturbances();
  } catch (Interrupted) {
    note_disturbances();
    if (observer.problem_done && has_verdict(problem)) observer.problem_done(context.result, problem);
    throw;
  }
  context.updated();
  if (observer.problem_done) observer.problem_done(context.result, problem);
}

}  // namespace

void run(std::span<const Job> jobs, std::span<const kernels::Variant* const> variants, bool variants_named,
         const RunOptions& options, const RunObserver& observer, RunResult& result,
         const Instruments& instruments) {
  check_memory(jobs, variants, options, instruments);
  result.interrupted = true;
  if (observer.begun) observer.begun(result);
  Context context{.options = options,
                  .observer = observer,
                  .instruments = instruments,
                  .result = result,
                  .machine = options.machine,
                  .started_s = instruments.now()};
  try {
    if (context.machine.gpu && any_on(true, variants)) open_device(context);
    if (any_on(false, variants)) open_host(context);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      context.position = position(context, jobs, i, variants);
      run_problem(context, jobs[i], variants, variants_named);
    }
    if (result.machine && std::any_of(result.problems.begin(), result.problems.end(), has_time)) {
      context.position.clear();
      result.machine_at_end = context.ceilings_again();
    }
    result.interrupted = false;
  } catch (Interrupted) {
    context.updated();
  }
}

}  // namespace nvfp4bench::bench
