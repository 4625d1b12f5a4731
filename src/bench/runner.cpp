#include "bench/runner.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bench/context.hpp"
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

void check_memory(std::span<const Job> jobs, const Instruments& instruments) {
  const std::optional<int64_t> available = instruments.available_memory_bytes();
  if (!available) return;
  for (const Job& job : jobs) {
    int64_t needed = memory_needed_bytes(job.problem);
    if (job.operands) needed -= size_bytes(*job.operands);  // in memory already, so not available any more
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
}

void open_device(Context& context) {
  kernels::Machine& machine = context.machine;
  context.step("{}: measuring", machine.gpu->name);
  try {
    context.gpu.place = context.instruments.open_device(machine);
    const place::Facts facts = context.gpu.place->facts(!context.options.check_only);
    context.gpu.limits = limits_of(facts);
    context.result.gpu = GpuResult{.device = facts.device.value_or(*machine.gpu),
                                   .ceilings = facts.ceilings,
                                   .launch_floor_s = facts.launch_floor_s,
                                   .flush_bytes = facts.flush_bytes};
  } catch (const std::exception& error) {
    machine.gpu_why_not = fmt::format("{} cannot be used: {}", machine.gpu->name, error.what());
    machine.gpu.reset();
  }
}

}  // namespace

void run(std::span<const Job> jobs, std::span<const kernels::Variant* const> variants, bool variants_named,
         const RunOptions& options, const RunObserver& observer, RunResult& result,
         const Instruments& instruments) {
  check_memory(jobs, instruments);
  Context context{.options = options,
                  .observer = observer,
                  .instruments = instruments,
                  .result = result,
                  .machine = options.machine,
                  .started_s = instruments.now()};
  try {
    if (context.machine.gpu && any_on(true, variants)) open_device(context);
    if (any_on(false, variants)) open_host(context);
    for (const Job& job : jobs) {
      ProblemResult& problem = result.problems.emplace_back();
      problem.problem = job.problem;
      problem.work = count_work(job.problem);
      ProblemRun(context, job, problem).run(variants, variants_named);
      context.updated();
      if (observer.problem_done) observer.problem_done(result, problem);
    }
  } catch (Interrupted) {
    result.interrupted = true;
    context.updated();
  }
}

}  // namespace nvfp4bench::bench
