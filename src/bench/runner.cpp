#include "bench/runner.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench/arena.hpp"
#include "bench/gpu.hpp"
#include "bench/plausibility.hpp"
#include "bench/trial.hpp"
#include "data/output_image.hpp"

namespace nvfp4bench::bench {
namespace {

/// The caller asked to stop. Not an error: never caught as one.
struct Interrupted {};

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

/// How a variant reads until more is known.
VariantResult not_finished(const kernels::Variant& variant) {
  VariantResult result;
  result.variant = variant.name;
  result.summary = variant.summary;
  result.numerics = variant.numerics;
  result.structure = variant.structure;
  result.on_gpu = variant.on_gpu;
  return result;
}

/// What the variants of one problem run on and are judged by.
struct Setup {
  explicit Setup(const Problem& problem) : outputs(problem) {}

  data::Operands generated;
  data::OutputImage outputs;
  ProblemView view;
  std::optional<validate::Reference> reference;
  std::unique_ptr<Arena> host;
  std::unique_ptr<Arena> gpu;  // if a GPU variant is to run, and the problem fits
};

class Runner {
 public:
  Runner(const RunOptions& options, const RunObserver& observer, const Instruments& instruments,
         RunResult& result)
      : options_(options),
        observer_(observer),
        instruments_(instruments),
        result_(result),
        machine_(options.machine),
        started_s_(now()) {}

  void run(std::span<const Job> jobs, std::span<const kernels::Variant* const> variants, bool variants_named);

 private:
  void open_gpu();
  void measure_ceilings(std::span<const kernels::Variant* const> variants);
  void run_problem(const Job& job, std::span<const kernels::Variant* const> variants, bool variants_named);

  /// A variant that can run the problem, and its place in the result.
  struct Candidate {
    const kernels::Variant& variant;
    VariantResult& result;
  };

  std::vector<Candidate> choose(std::span<const kernels::Variant* const> variants, bool variants_named,
                                ProblemResult& result) const;
  void run_candidates(const Job& job, std::span<const Candidate> candidates, ProblemResult& result);
  std::unique_ptr<Setup> set_up(const Job& job, ProblemResult& result) const;
  /// Brings the problem to the GPU; GPU candidates are skipped where that cannot be.
  void set_up_gpu(Setup& setup, std::span<const Candidate> candidates, const Problem& problem);
  void validate(Trial& trial, const TrialContext& context);
  void sample_in_rounds(std::vector<Trial>& trials, Setup& setup, std::span<const Candidate> candidates,
                        const Problem& problem);
  /// Reports what is complete. If the trial took the GPU with it, ends all GPU variants, and leaks what is on
  /// the GPU: freeing it could wait for ever.
  void trial_ended(const Trial& trial, std::vector<Trial>& trials, Setup& setup,
                   std::span<const Candidate> candidates);

  /// Announces a step, unless the run is to end here.
  template <class... Args>
  void step(fmt::format_string<Args...> text, Args&&... args) const {
    if (observer_.stop && observer_.stop()) throw Interrupted{};
    if (observer_.progress) observer_.progress(fmt::format(text, std::forward<Args>(args)...));
  }

  void updated() const {
    result_.elapsed_s = now() - started_s_;
    if (observer_.updated) observer_.updated(result_);
  }

  double now() const { return instruments_.now(); }

  const RunOptions& options_;
  const RunObserver& observer_;
  const Instruments& instruments_;
  RunResult& result_;
  kernels::Machine machine_;  // without a GPU once that is lost
  std::unique_ptr<Gpu> gpu_;
  Limits cpu_limits_;
  Limits gpu_limits_;
  const double started_s_;
};

bool any_on(bool gpu, std::span<const kernels::Variant* const> variants) {
  return std::any_of(variants.begin(), variants.end(),
                     [&](const kernels::Variant* variant) { return variant->on_gpu == gpu; });
}

void Runner::run(std::span<const Job> jobs, std::span<const kernels::Variant* const> variants,
                 bool variants_named) {
  try {
    if (machine_.gpu && any_on(true, variants)) open_gpu();
    if (!options_.check_only) measure_ceilings(variants);
    for (const Job& job : jobs) run_problem(job, variants, variants_named);
  } catch (Interrupted) {
    result_.interrupted = true;
    updated();
  }
}

void Runner::open_gpu() {
  step("{}: measuring", machine_.gpu->name);
  try {
    gpu_ = instruments_.open_gpu(*machine_.gpu);
    result_.gpu = gpu_->describe(!options_.check_only);
    gpu_limits_ = {.ceilings = result_.gpu->ceilings,
                   .cold_cache_bytes = machine_.gpu->l2_bytes,
                   .launch_floor_s = result_.gpu->launch_floor_s};
  } catch (const std::exception& error) {
    machine_.gpu_why_not = fmt::format("{} cannot be used: {}", machine_.gpu->name, error.what());
    machine_.gpu.reset();
  }
}

void Runner::measure_ceilings(std::span<const kernels::Variant* const> variants) {
  if (!any_on(false, variants)) return;
  step("measuring this machine's ceilings");
  result_.machine = instruments_.measure_ceiling(options_.machine.isa, options_.machine.threads);
  cpu_limits_.ceilings = result_.machine;
}

void Runner::run_problem(const Job& job, std::span<const kernels::Variant* const> variants,
                         bool variants_named) {
  ProblemResult& result = result_.problems.emplace_back();
  result.problem = job.problem;
  result.work = count_work(job.problem);
  const std::vector<Candidate> candidates = choose(variants, variants_named, result);
  if (!candidates.empty()) run_candidates(job, candidates, result);
  updated();
  if (observer_.problem_done) observer_.problem_done(result_, result);
}

std::vector<Runner::Candidate> Runner::choose(std::span<const kernels::Variant* const> variants,
                                              bool variants_named, ProblemResult& result) const {
  const Problem& problem = result.problem;
  std::vector<const kernels::Variant*> shown;
  std::copy_if(variants.begin(), variants.end(), std::back_inserter(shown),
               [&](const kernels::Variant* variant) { return variants_named || variant->op == problem.op; });
  for (const kernels::Variant* variant : shown) result.variants.push_back(not_finished(*variant));

  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const kernels::Variant& variant = *shown[i];
    VariantResult& row = result.variants[i];
    try {
      const std::string why_not = kernels::why_not(variant, problem, machine_);
      if (why_not.empty()) {
        candidates.push_back({variant, row});
      } else {
        row.status = Status::skipped;
        row.reason = why_not;
      }
    } catch (const std::exception& error) {
      row.status = Status::errored;
      row.reason = error.what();
    }
  }
  return candidates;
}

void Runner::run_candidates(const Job& job, std::span<const Candidate> candidates, ProblemResult& result) {
  std::unique_ptr<Setup> setup;
  try {
    setup = set_up(job, result);
  } catch (const std::exception& error) {
    for (const Candidate& candidate : candidates) {
      candidate.result.status = Status::errored;
      candidate.result.reason = fmt::format("the problem could not be set up: {}", error.what());
    }
    return;
  }
  if (observer_.reference && setup->reference) {
    observer_.reference(result.problem, setup->view, *setup->reference);
  }

  setup->host = std::make_unique<HostArena>(setup->view, instruments_.now);
  set_up_gpu(*setup, candidates, result.problem);

  const TrialContext context{.problem = result.problem,
                             .view = setup->view,
                             .outputs = setup->outputs,
                             .reference = setup->reference ? &*setup->reference : nullptr,
                             .work = result.work,
                             .options = options_,
                             .now = instruments_.now};
  std::vector<Trial> trials;
  trials.reserve(candidates.size());
  for (const Candidate& candidate : candidates) {
    const bool on_gpu = candidate.variant.on_gpu;
    if (on_gpu && !setup->gpu) continue;
    Trial& trial = trials.emplace_back(candidate.variant, context, on_gpu ? *setup->gpu : *setup->host,
                                       on_gpu ? gpu_limits_ : cpu_limits_, candidate.result);
    validate(trial, context);
    if (trial.ended()) trial_ended(trial, trials, *setup, candidates);
  }
  sample_in_rounds(trials, *setup, candidates, result.problem);
}

std::unique_ptr<Setup> Runner::set_up(const Job& job, ProblemResult& result) const {
  auto setup = std::make_unique<Setup>(job.problem);
  if (!job.operands) {
    step("{}: generating data", job.problem.name);
    const double begun = now();
    setup->generated = data::generate(job.problem, options_.machine.threads);
    result.generate_s = now() - begun;
  }
  setup->view = data::view(job.problem, job.operands ? *job.operands : setup->generated);
  setup->outputs.attach(setup->view);
  if (!options_.time_only) {
    step("{}: exact reference", job.problem.name);
    const double begun = now();
    setup->reference = validate::compute_reference(setup->view, options_.machine.threads);
    result.reference_s = now() - begun;
  }
  return setup;
}

void Runner::set_up_gpu(Setup& setup, std::span<const Candidate> candidates, const Problem& problem) {
  const auto end_all = [&](Status status, std::string_view reason) {
    for (const Candidate& candidate : candidates) {
      if (!candidate.variant.on_gpu) continue;
      candidate.result.status = status;
      candidate.result.reason = reason;
    }
  };
  const bool wanted = std::any_of(candidates.begin(), candidates.end(),
                                  [](const Candidate& candidate) { return candidate.variant.on_gpu; });
  if (!wanted) return;
  step("{}: copying operands to the GPU", problem.name);
  try {
    setup.gpu = gpu_->make_arena(setup.view, setup.outputs);
  } catch (const NotEnoughGpuMemory& error) {
    end_all(Status::skipped, error.what());
  } catch (const std::exception& error) {
    end_all(Status::errored, fmt::format("the problem could not be brought to the GPU: {}", error.what()));
  }
}

void Runner::trial_ended(const Trial& trial, std::vector<Trial>& trials, Setup& setup,
                         std::span<const Candidate> candidates) {
  const VariantResult& ended = trial.result();
  if (ended.on_gpu && setup.gpu && setup.gpu->lost()) {
    result_.gpu->lost_in = ended.variant;
    machine_.gpu_why_not = fmt::format("the GPU was lost in {}", ended.variant);
    machine_.gpu.reset();
    for (const Candidate& candidate : candidates) {
      if (!candidate.variant.on_gpu || candidate.result.status != Status::pending) continue;
      candidate.result.status = Status::skipped;
      candidate.result.reason = machine_.gpu_why_not;
    }
    for (Trial& other : trials) {
      if (!other.ended() && other.result().on_gpu) other.skip(machine_.gpu_why_not);
    }
    (void)setup.gpu.release();
    (void)gpu_.release();
  }
  updated();
}

void Runner::validate(Trial& trial, const TrialContext& context) {
  const VariantResult& result = trial.result();
  step("{}: {}: preparing", context.problem.name, result.variant);
  trial.bind();
  if (trial.ended()) return;

  step("{}: {}: first run", context.problem.name, result.variant);
  trial.first_run();
  if (result.verdict && observer_.output) observer_.output(context.problem, context.view, result);
  if (trial.ended()) return;

  step("{}: {}: second run", context.problem.name, result.variant);
  trial.second_run();
  if (!trial.ended() && options_.check_only) trial.pass();
}

void Runner::sample_in_rounds(std::vector<Trial>& trials, Setup& setup, std::span<const Candidate> candidates,
                              const Problem& problem) {
  std::vector<Trial*> active;
  for (Trial& trial : trials) {
    while (!trial.ended() && !trial.warm()) {
      step("{}: {}: warming up", problem.name, trial.result().variant);
      trial.warm_up();
      if (trial.ended()) trial_ended(trial, trials, setup, candidates);
    }
    if (!trial.ended()) active.push_back(&trial);
  }

  std::mt19937_64 random(problem.seed);
  while (!active.empty()) {
    std::shuffle(active.begin(), active.end(), random);
    for (Trial* trial : active) {
      if (trial->ended()) continue;  // with the GPU that it was to run on
      step("{}: timing: {}, sample {}", problem.name, trial->result().variant, trial->samples() + 1);
      trial->sample();
      if (trial->ended()) trial_ended(*trial, trials, setup, candidates);
    }
    std::erase_if(active, [](const Trial* trial) { return trial->ended(); });
  }
}

}  // namespace

void run(std::span<const Job> jobs, std::span<const kernels::Variant* const> variants, bool variants_named,
         const RunOptions& options, const RunObserver& observer, RunResult& result,
         const Instruments& instruments) {
  check_memory(jobs, instruments);
  Runner(options, observer, instruments, result).run(jobs, variants, variants_named);
}

}  // namespace nvfp4bench::bench
