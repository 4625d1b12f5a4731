#include "bench/measurement.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "bench/statistics.hpp"
#include "model/metrics.hpp"

namespace nvfp4bench::bench {
namespace {

/// Warm: two consecutive runs within 5 %. On a noisy machine that may take forever: not more than six runs,
/// the two validated ones included.
constexpr double kWarmAgreement = 0.05;
constexpr std::size_t kMaxWarmUps = 6;

/// Half width of the 95 % confidence interval of the median, relative.
constexpr double kPrecision = 0.01;

/// Of each method beside the primary one. Soon over: no more samples than an interval needs, once they have taken
/// this share of the time budget.
constexpr std::size_t kSamplesAside = 10;
constexpr double kTimeAside = 0.1;

StoppingLimits limits_of(const RunOptions& options) {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  if (options.samples) {
    return {.min_time_s = kNever,
            .max_time_s = kNever,
            .max_samples = static_cast<std::size_t>(*options.samples)};
  }
  return {.min_time_s = options.min_time_s, .max_time_s = options.max_time_s, .precision = kPrecision};
}

}  // namespace

Measurement::Measurement(const Context& context) : context_(context), rule_(limits_of(context.options)) {}

double Measurement::budget_left_s() const {
  return std::max(0.0, limits_of(context_.options).max_time_s - rule_.spent_s());
}

bool Measurement::warm() const {
  double total_s = 0;
  for (double seconds : warm_up_s_) total_s += seconds;
  if (warm_up_s_.size() >= kMaxWarmUps || total_s >= context_.options.max_time_s) return true;
  const double last = warm_up_s_[warm_up_s_.size() - 1];
  const double before = warm_up_s_[warm_up_s_.size() - 2];
  return std::abs(last - before) <= kWarmAgreement * std::max(last, before);
}

void Measurement::warm_up(place::Session& session, Check& check) {
  const std::string which = fmt::format("warm-up run {}", warm_up_s_.size() + 1);
  warm_up_s_.push_back(check.run(session, session.methods().front(), which).seconds);
}

void Measurement::sample(place::Session& session, Check& check) {
  const double begun = context_.now();
  const place::Sample sample =
      check.run(session, session.methods().front(), fmt::format("timed run {}", samples() + 1));
  method_ = session.methods().front();
  record_phases(sample, *method_);
  cross_check_.add(sample);
  rule_.add(sample.seconds, context_.now() - begun);
}

void Measurement::record_phases(const place::Sample& sample, Method method) {
  for (const place::PhaseTime& time : sample.phases) {
    auto phase = std::find_if(phases_.begin(), phases_.end(),
                              [&](const PhaseSamples& known) { return known.name == time.name; });
    if (phase == phases_.end()) phase = phases_.insert(phase, {time.name, method, {}});
    if (phase->method == method) phase->seconds.push_back(time.seconds);
  }
}

Timing Measurement::measure_by(place::Session& session, Check& check, Method method) {
  const double end = context_.now() + kTimeAside * context_.options.max_time_s;
  std::vector<double> samples;
  while (samples.size() < kSamplesAside && (samples.size() < kFewestForInterval || context_.now() < end)) {
    const place::Sample sample =
        check.run(session, method, fmt::format("{}, run {}", title_of(method), samples.size() + 1));
    if (!is_warm(method)) record_phases(sample, method);  // a warm call's would be mixed with the cold ones'
    samples.push_back(sample.seconds);
  }
  return summarize(samples, samples.size() < kSamplesAside ? "time budget" : "sample limit");
}

Timing Measurement::timing() const {
  return summarize(rule_.samples(), rule_.done() ? std::string(rule_.stopped_by()) : "interrupted");
}

std::string Measurement::why_not_believed(const Work& work, const Limits& limits) const {
  if (std::string reason = why_impossible(timing(), *method_, work, limits); !reason.empty()) return reason;
  for (const Aside& other : others_) {
    if (std::string reason = why_impossible(other.timing, other.method, work, limits); !reason.empty())
      return reason;
  }
  return cross_check_.why_not_believed();
}

void Measurement::measure_aside(place::Session& session, Check& check) {
  for (const Method method : session.methods().subspan(1)) {
    try {
      others_.push_back({method, measure_by(session, check, method)});
    } catch (const place::MethodUnavailable&) {
      // One number less.
    }
  }
}

void Measurement::report(std::optional<double> preparation_s, VariantResult& result) const {
  Timing timing = this->timing();
  std::vector<Summary> summaries;
  for (const PhaseSamples& phase : phases_) {
    const std::string stopped_by = phase.method == method_ ? timing.stopped_by : "sample limit";
    summaries.push_back(
        time_summary(phase_tag(phase.name), phase.name, summarize(phase.seconds, stopped_by)));
  }
  share_out(summaries);
  for (const Aside& other : others_)
    summaries.push_back(time_summary(tag_of(other.method), title_of(other.method), other.timing));
  if (preparation_s) {
    summaries.push_back(time_summary(std::string(kWeightPreparationTag), "weights, once",
                                     summarize(std::vector{*preparation_s}, "sample limit")));
  }
  const std::vector<Summary> clocks = cross_check_.clocks();
  summaries.insert(summaries.end(), clocks.begin(), clocks.end());
  result.method = method_;
  result.summaries = std::move(summaries);
  result.timing = std::move(timing);
}

}  // namespace nvfp4bench::bench
