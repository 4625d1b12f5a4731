#include "bench/trial.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "bench/plausibility.hpp"
#include "bench/statistics.hpp"
#include "validate/judge.hpp"
#include "validate/poison.hpp"

namespace nvfp4bench::bench {
namespace {

/// Elements that are judged without a reference.
constexpr int64_t kSampledElements = 4096;

/// Warm: two consecutive runs within 5 %. On a noisy machine that may take forever: not more than six runs,
/// the two validated ones included.
constexpr double kWarmAgreement = 0.05;
constexpr std::size_t kMaxWarmUps = 6;

/// A run whose output is wrong, as opposed to one that broke.
class WrongOutput : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace

Trial::Trial(const kernels::Variant& variant, const TrialContext& context, VariantResult& result)
    : variant_(variant),
      context_(context),
      result_(result),
      rule_({.min_time_s = context.options.min_time_s,
             .max_time_s = context.options.max_time_s,
             .precision = context.options.precision}) {}

template <class Step>
void Trial::attempt(Step step) {
  try {
    step();
  } catch (const WrongOutput& wrong) {
    end(Status::failed, wrong.what());
  } catch (const std::exception& error) {
    end(Status::errored, error.what());
  } catch (...) {
    end(Status::errored, "threw something that is not a std::exception");
  }
}

void Trial::end(Status status, std::string reason) {
  result_.status = status;
  result_.reason = std::move(reason);
  ended_ = true;
  kernel_.reset();  // its temporaries are not needed any more, and others may need the memory
}

void Trial::bind() {
  attempt([&] {
    kernel_ = variant_.bind(context_.view, context_.options.machine);
    if (kernel_->prepares_weights()) {
      const auto prepare = [&](kernels::RunContext& run) { kernel_->prepare_weights(run); };
      preparation_s_ = context_.stopwatch.measure(prepare).seconds;
    }
    result_.workspace_bytes = kernel_->workspace_bytes();
  });
}

void Trial::first_run() {
  attempt([&] {
    warm_up_s_.push_back(run_poisoned().seconds);
    first_fingerprint_ = context_.outputs.fingerprint(context_.options.machine.threads);
    result_.verdict = judge();
    if (result_.verdict->status == Status::failed) throw WrongOutput(result_.verdict->reason);
  });
}

void Trial::second_run() {
  attempt([&] {
    warm_up_s_.push_back(run_poisoned().seconds);
    check_against_first("the second run");
    if (result_.verdict->status != Status::passed) end(result_.verdict->status, result_.verdict->reason);
  });
}

bool Trial::warm() const {
  double total_s = 0;
  for (double seconds : warm_up_s_) total_s += seconds;
  if (warm_up_s_.size() >= kMaxWarmUps || total_s >= context_.options.max_time_s) return true;
  const double last = warm_up_s_[warm_up_s_.size() - 1];
  const double before = warm_up_s_[warm_up_s_.size() - 2];
  return std::abs(last - before) <= kWarmAgreement * std::max(last, before);
}

void Trial::warm_up() {
  attempt([&] {
    warm_up_s_.push_back(run_poisoned().seconds);
    check_against_first(fmt::format("warm-up run {}", warm_up_s_.size()));
  });
}

void Trial::sample() {
  attempt([&] {
    const double begun = context_.now();
    const Sample sample = run_poisoned();
    check_against_first(fmt::format("timed run {}", samples() + 1));
    record_phases(sample);
    rule_.add(sample.seconds, context_.now() - begun);
    if (rule_.done()) report_times();
  });
}

Sample Trial::run_poisoned() {
  const OutputType type = context_.problem.output;
  poison_ = runs_++ % 2 == 0 ? validate::nan_poison(type) : validate::finite_poison(type);
  context_.outputs.poison(poison_);
  Sample sample = context_.stopwatch.measure([&](kernels::RunContext& run) { kernel_->run(run); });
  if (const std::string damage = context_.outputs.damage(); !damage.empty()) throw WrongOutput(damage);
  return sample;
}

Verdict Trial::judge() const {
  const validate::JudgeOptions options{.threads = context_.options.machine.threads, .poison = poison_};
  if (context_.reference) {
    return validate::judge(context_.view, *context_.reference, variant_.numerics, options);
  }
  return validate::judge_sample(context_.view, variant_.numerics, options, kSampledElements,
                                context_.problem.seed);
}

void Trial::check_against_first(const std::string& which) {
  if (context_.outputs.fingerprint(context_.options.machine.threads) == first_fingerprint_) return;
  const Verdict verdict = judge();
  if (verdict.status == Status::failed) {
    result_.verdict = verdict;
    throw WrongOutput(fmt::format("{}: {}", which, verdict.reason));
  }
  if (variant_.numerics.deterministic) {
    throw WrongOutput(fmt::format(
        "{}: not the bits of the first run, though the variant declares itself deterministic", which));
  }
}

void Trial::record_phases(const Sample& sample) {
  for (const PhaseTime& time : sample.phases) {
    auto phase =
        std::find_if(phases_.begin(), phases_.end(), [&](const Phase& p) { return p.name == time.name; });
    if (phase == phases_.end()) phase = phases_.insert(phase, Phase{time.name, {}});
    phase->timing.samples.push_back(time.seconds);
  }
}

void Trial::report_times() {
  const std::string stopped_by(rule_.stopped_by());
  Timing timing = summarize(rule_.samples(), stopped_by);
  if (std::string reason = why_impossible(timing, context_.work, context_.ceilings); !reason.empty()) {
    return end(Status::rejected, std::move(reason));
  }
  result_.timing = std::move(timing);
  for (const Phase& phase : phases_) {
    result_.phases.push_back({phase.name, summarize(phase.timing.samples, stopped_by)});
  }
  if (preparation_s_) result_.weight_preparation = summarize(std::vector{*preparation_s_}, "sample limit");
  end(Status::passed, "");
}

}  // namespace nvfp4bench::bench
