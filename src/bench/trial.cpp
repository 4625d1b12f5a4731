#include "bench/trial.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "bench/statistics.hpp"
#include "data/poison.hpp"
#include "validate/judge.hpp"

namespace nvfp4bench::bench {
namespace {

/// Elements that are judged without a reference.
constexpr int64_t kSampledElements = 4096;

/// Warm: two consecutive runs within 5 %. On a noisy machine that may take forever: not more than six runs,
/// the two validated ones included.
constexpr double kWarmAgreement = 0.05;
constexpr std::size_t kMaxWarmUps = 6;

/// Of each method beside the primary one. Enough for an interval, and soon over.
constexpr int kSamplesAside = 20;

/// A run whose output is wrong, as opposed to one that broke.
class WrongOutput : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace

Trial::Trial(const kernels::Variant& variant, const TrialContext& context, Arena& arena, const Limits& limits,
             VariantResult& result)
    : variant_(variant),
      context_(context),
      arena_(arena),
      limits_(limits),
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
  if (arena_.lost()) {
    (void)rotation_.release();
    (void)stopwatch_.release();
    (void)kernel_.release();
  }
  rotation_.reset();
  stopwatch_.reset();
  kernel_.reset();  // its temporaries are not needed any more, and others may need the memory
}

void Trial::bind() {
  attempt([&] {
    stopwatch_ = arena_.make_stopwatch();
    kernel_ = variant_.bind(variant_, arena_.view(), context_.options.machine);
    if (kernel_->prepares_weights()) {
      const auto prepare = [&](kernels::RunContext& run) { kernel_->prepare_weights(run); };
      preparation_s_ = stopwatch_->measure(stopwatch_->once(), prepare).seconds;
    }
    result_.workspace_bytes = kernel_->workspace_bytes();
  });
}

void Trial::first_run() {
  attempt([&] {
    warm_up_s_.push_back(run_primary().seconds);
    first_fingerprint_ = context_.outputs.fingerprint(context_.options.machine.threads);
    result_.verdict = judge();
    if (result_.verdict->status == Status::failed) throw WrongOutput(result_.verdict->reason);
  });
}

void Trial::second_run() {
  attempt([&] {
    warm_up_s_.push_back(run_primary().seconds);
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
    warm_up_s_.push_back(run_primary().seconds);
    check_against_first(fmt::format("warm-up run {}", warm_up_s_.size()));
  });
}

void Trial::sample() {
  attempt([&] {
    const double begun = context_.now();
    const Sample sample = run_primary();
    check_against_first(fmt::format("timed run {}", samples() + 1));
    record_phases(sample);
    cross_check_.add(sample);
    rule_.add(sample.seconds, context_.now() - begun);
    if (rule_.done()) report_times();
  });
}

Sample Trial::call(Method method) {
  return stopwatch_->measure(method, [&](kernels::RunContext& run) { kernel_->run(run); });
}

Sample Trial::run_poisoned(const std::function<Sample()>& measure) {
  const OutputType type = context_.problem.output;
  poison_ = runs_++ % 2 == 0 ? data::nan_poison(type) : data::finite_poison(type);
  context_.outputs.poison(poison_);
  arena_.send_outputs();
  Sample sample = measure();
  arena_.fetch_outputs();
  if (const std::string damage = context_.outputs.damage(); !damage.empty()) throw WrongOutput(damage);
  return sample;
}

Sample Trial::run_primary() {
  return run_poisoned([&] { return call(stopwatch_->methods().front()); });
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

OtherTiming Trial::measure_aside(Method method, const std::function<Sample()>& measure) {
  std::vector<double> samples;
  for (int i = 1; i <= kSamplesAside; ++i) {
    const Sample sample = run_poisoned(measure);
    check_against_first(fmt::format("{}, run {}", title_of(method), i));
    record_phases(sample);
    samples.push_back(sample.seconds);
  }
  return {std::string(title_of(method)), summarize(samples, "sample limit")};
}

std::optional<OtherTiming> Trial::measure_rotated(double call_s) {
  std::optional<OtherTiming> timing;
  try {
    OperandCopies copies = arena_.copy_operands();
    if (copies.views.empty()) return std::nullopt;
    rotation_ = std::make_unique<Rotation>(*kernel_, std::move(copies), arena_.make_stopwatch());
    rotation_->bind(variant_, context_.options.machine, call_s);
    timing = measure_aside(Method::rotated_graph, [&] { return rotation_->measure(); });
  } catch (const WrongOutput&) {
    throw;
  } catch (const std::exception&) {
    if (arena_.lost()) throw;
  }
  rotation_.reset();
  return timing;
}

void Trial::report_times() {
  Timing timing = summarize(rule_.samples(), std::string(rule_.stopped_by()));
  std::string reason = why_impossible(timing, context_.work, limits_);
  if (reason.empty()) reason = cross_check_.why_not_believed();
  if (!reason.empty()) return end(Status::rejected, std::move(reason));

  const std::span<const Method> methods = stopwatch_->methods();
  std::vector<OtherTiming> others;  // no part of the result if one of their outputs is wrong
  for (const Method method : methods.subspan(1)) {
    others.push_back(measure_aside(method, [&] { return call(method); }));
  }
  if (auto rotated = measure_rotated(timing.median)) others.push_back(std::move(*rotated));
  result_.other_timings = std::move(others);
  result_.method = title_of(methods.front());
  result_.gpu_clocks = cross_check_.clocks();
  for (const Phase& phase : phases_) {
    // Phases come from every sample of the primary method, or from one of the others.
    const bool primary = phase.timing.samples.size() == timing.samples.size();
    result_.phases.push_back(
        {phase.name, summarize(phase.timing.samples, primary ? timing.stopped_by : "sample limit")});
  }
  result_.timing = std::move(timing);
  if (preparation_s_) result_.weight_preparation = summarize(std::vector{*preparation_s_}, "sample limit");
  end(Status::passed, "");
}

}  // namespace nvfp4bench::bench
