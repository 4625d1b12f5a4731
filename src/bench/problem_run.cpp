#include "bench/problem_run.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <iterator>
#include <random>

#include <fmt/format.h>

#include "bench/exact_tier.hpp"

namespace nvfp4bench::bench {
namespace {

/// How a variant reads until more is known.
VariantResult not_finished(const kernels::Variant& variant) {
  VariantResult result;
  name_variant(result, variant.name);
  result.summary = variant.summary;
  result.numerics = variant.numerics;
  result.structure = variant.structure;
  result.on_gpu = variant.on_gpu;
  return result;
}

/// ", at most 20 s left", as the time budgets of those that are still sampled have it.
std::string time_left(std::span<Trial* const> active) {
  double seconds = 0;
  for (const Trial* trial : active) seconds += trial->ended() ? 0 : trial->budget_left_s();
  return std::isfinite(seconds) ? fmt::format(", at most {:.0f} s left", seconds) : "";
}

}  // namespace

void ProblemRun::run(std::span<const kernels::Variant* const> variants, bool variants_named) {
  choose(variants, variants_named);
  context_.updated();
  if (candidates_.empty()) return;
  try {
    for (const bool on_gpu : {false, true}) expect(on_gpu);
    prove_sums();
    if (std::none_of(candidates_.begin(), candidates_.end(), is_pending)) return;
    set_up();
  } catch (const std::exception& error) {
    for (const bool on_gpu : {false, true})
      end_pending(on_gpu, Status::errored, fmt::format("the problem could not be set up: {}", error.what()));
    return;
  }
  if (context_.observer.reference && reference_) {
    context_.observer.reference(result_.problem, view_, *reference_);
  }
  for (const bool on_gpu : {false, true}) bring(on_gpu);
  try {
    check_all();
    sample_in_rounds();
  } catch (Interrupted) {
    for (Trial& trial : trials_) {
      if (!trial.ended()) trial.interrupt();
    }
    throw;
  }
}

void ProblemRun::choose(std::span<const kernels::Variant* const> variants, bool variants_named) {
  std::vector<const kernels::Variant*> shown;
  std::copy_if(
      variants.begin(), variants.end(), std::back_inserter(shown),
      [&](const kernels::Variant* variant) { return variants_named || variant->op == job_.problem.op; });
  for (const kernels::Variant* variant : shown) result_.variants.push_back(not_finished(*variant));

  for (std::size_t i = 0; i < shown.size(); ++i) {
    VariantResult& row = result_.variants[i];
    try {
      row.reason = kernels::why_not(*shown[i], job_.problem, context_.machine);
      if (row.reason.empty()) {
        candidates_.push_back({*shown[i], row});
      } else {
        row.status = Status::skipped;
      }
    } catch (const std::exception& error) {
      row.status = Status::errored;
      row.reason = error.what();
    }
  }
}

void ProblemRun::expect(bool on_gpu) {
  std::vector<const kernels::Variant*> variants;
  for (const Candidate& candidate : candidates_) {
    if (candidate.variant.on_gpu == on_gpu) variants.push_back(&candidate.variant);
  }
  if (!variants.empty()) (on_gpu ? context_.gpu : context_.host).place->expect(variants);
}

void ProblemRun::prove_sums() {
  std::optional<ExactTier> tier;
  for (const Candidate& candidate : candidates_) {
    if (!is_pending(candidate)) continue;  // lost with the GPU
    if (!wants_exact_tier(candidate.variant, job_.problem, context_.options)) continue;
    if (!tier) {
      context_.step(name(), "exact data");
      tier.emplace(context_, job_.problem, outputs_);
    }
    place::Place& place = *context_.stand_of(candidate.variant).place;
    tier->run(candidate.variant, place, candidate.result);
    if (place.lost()) lose_gpu(candidate.variant.name);
    if (!is_pending(candidate)) context_.updated();
  }
}

void ProblemRun::set_up() {
  if (!job_.operands) {
    context_.step(name(), "generating data");
    const double begun = context_.now();
    generated_ = data::generate(job_.problem, context_.machine.threads);
    result_.generate_s = context_.now() - begun;
  }
  view_ = data::view(job_.problem, job_.operands ? *job_.operands : generated_);
  outputs_.attach(view_);
  if (!context_.options.time_only) {
    context_.step(name(), "exact reference");
    const double begun = context_.now();
    reference_ = validate::compute_reference(view_, context_.machine.threads);
    result_.reference_s = context_.now() - begun;
  }
  standard_.emplace(Standard{.problem = job_.problem,
                             .view = view_,
                             .outputs = outputs_,
                             .reference = reference_ ? &*reference_ : nullptr,
                             .sample_seed = context_.options.sample_seed,
                             .threads = context_.machine.threads});
}

void ProblemRun::end_pending(bool on_gpu, Status status, std::string_view reason) {
  for (const Candidate& candidate : candidates_) {
    if (candidate.variant.on_gpu != on_gpu || candidate.result.status != Status::pending) continue;
    candidate.result.status = status;
    candidate.result.reason = reason;
  }
}

void ProblemRun::bring(bool on_gpu) {
  const bool wanted = std::any_of(candidates_.begin(), candidates_.end(), [&](const Candidate& candidate) {
    return candidate.variant.on_gpu == on_gpu && is_pending(candidate);
  });
  if (!wanted) return;
  if (on_gpu) context_.step(name(), "copying operands to the GPU");
  Stand& stand = on_gpu ? context_.gpu : context_.host;
  try {
    (on_gpu ? gpu_stage_ : host_stage_) = stand.place->bring(view_, outputs_);
  } catch (const place::DoesNotFit& error) {
    end_pending(on_gpu, Status::skipped, error.what());
  } catch (const std::exception& error) {
    end_pending(on_gpu, Status::errored,
                fmt::format("the problem could not be brought {}: {}", on_gpu ? "to the GPU" : "to workers",
                            error.what()));
    if (stand.place->lost()) lose_gpu("copying operands");
  }
}

void ProblemRun::check_all() {
  trials_.reserve(candidates_.size());
  for (const Candidate& candidate : candidates_) {
    if (candidate.result.status != Status::pending) continue;  // ended before it began
    place::Stage& stage = candidate.variant.on_gpu ? *gpu_stage_ : *host_stage_;
    Trial& trial =
        trials_.emplace_back(candidate.variant, context_, *standard_, stage, result_.work, candidate.result);
    check(trial);
    trial.ended() ? ended(trial) : context_.updated();
  }
}

void ProblemRun::check(Trial& trial) {
  const VariantResult& result = trial.result();
  const std::string of_variant = fmt::format("{}: {}", name(), result.variant);
  context_.step(of_variant, "preparing");
  trial.bind();
  if (trial.ended()) return;

  context_.step(of_variant, "first run");
  trial.first_run();
  if (result.verdict && context_.observer.output) context_.observer.output(result_.problem, view_, result);
  if (trial.ended()) return;

  context_.step(of_variant, "second run");
  trial.second_run();
  if (!trial.ended() && context_.options.check_only) trial.pass();
}

void ProblemRun::sample_in_rounds() {
  std::vector<Trial*> active;
  for (Trial& trial : trials_) {
    while (!trial.ended() && !trial.warm()) {
      context_.step(fmt::format("{}: {}", name(), trial.result().variant), "warming up");
      trial.warm_up();
      if (trial.ended()) ended(trial);
    }
    if (!trial.ended()) active.push_back(&trial);
  }

  if (active.empty()) return;
  const double begun_s = context_.now();
  std::mt19937_64 random(job_.problem.seed);
  while (!active.empty()) {
    lookout_.look_now_and_then();
    std::shuffle(active.begin(), active.end(), random);
    for (Trial* trial : active) {
      if (trial->ended()) continue;  // with the place that it was to run in
      context_.step(fmt::format("{}: timing", name()), fmt::format("{}, sample {}{}", trial->result().variant,
                                                                   trial->samples() + 1, time_left(active)));
      trial->sample();
      if (trial->ended()) ended(*trial);
    }
    std::erase_if(active, [](const Trial* trial) { return trial->ended(); });
  }
  sampling_s_ = context_.now() - begun_s;
}

void ProblemRun::ended(const Trial& trial) {
  const kernels::Variant& variant = trial.variant();
  if (context_.stand_of(variant).place->lost()) lose_gpu(variant.name);
  context_.updated();
}

void ProblemRun::lose_gpu(std::string_view in) {
  kernels::Machine& machine = context_.machine;
  if (!machine.gpu) return;  // known
  machine.gpu_why_not = fmt::format("the GPU was lost in {}", in);
  context_.result.gpu->lost_in = in;
  for (Trial& other : trials_) {
    if (!other.ended() && other.variant().on_gpu) other.skip(machine.gpu_why_not);
  }
  end_pending(true, Status::skipped, machine.gpu_why_not);
  machine.gpu.reset();
}

}  // namespace nvfp4bench::bench
