#include "bench/measurement.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "bench/statistics.hpp"

namespace nvfp4bench::bench {
namespace {

/// Warm: two consecutive runs within 5 %. On a noisy machine that may take forever: not more than six runs,
/// the two validated ones included.
constexpr double kWarmAgreement = 0.05;
constexpr std::size_t kMaxWarmUps = 6;

/// Of each method beside the primary one. Enough for an interval, and soon over.
constexpr int kSamplesAside = 20;

}  // namespace

Measurement::Measurement(const Context& context)
    : context_(context),
      rule_({.min_time_s = context.options.min_time_s,
             .max_time_s = context.options.max_time_s,
             .precision = context.options.precision}) {}

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
  record_phases(sample);
  cross_check_.add(sample);
  rule_.add(sample.seconds, context_.now() - begun);
}

void Measurement::record_phases(const place::Sample& sample) {
  for (const place::PhaseTime& time : sample.phases) {
    auto phase = std::find_if(phases_.begin(), phases_.end(),
                              [&](const PhaseSamples& known) { return known.name == time.name; });
    if (phase == phases_.end()) phase = phases_.insert(phase, {time.name, {}});
    phase->seconds.push_back(time.seconds);
  }
}

Summary Measurement::measure_aside(place::Session& session, Check& check, Method method) {
  std::vector<double> samples;
  for (int i = 1; i <= kSamplesAside; ++i) {
    const place::Sample sample = check.run(session, method, fmt::format("{}, run {}", title_of(method), i));
    record_phases(sample);
    samples.push_back(sample.seconds);
  }
  return time_summary(tag_of(method), title_of(method), summarize(samples, "sample limit"));
}

std::string Measurement::report(place::Session& session, Check& check, const Work& work, const Limits& limits,
                                std::optional<double> preparation_s, VariantResult& result) {
  Timing timing = summarize(rule_.samples(), std::string(rule_.stopped_by()));
  std::string reason = why_impossible(timing, work, limits);
  if (reason.empty()) reason = cross_check_.why_not_believed();
  if (!reason.empty()) return reason;

  const std::span<const Method> methods = session.methods();
  std::vector<Summary> others;  // no part of the result if one of their outputs is wrong
  for (const Method method : methods.subspan(1)) {
    try {
      others.push_back(measure_aside(session, check, method));
    } catch (const place::MethodUnavailable&) {
      // One number less.
    }
  }
  std::vector<Summary> summaries;
  for (const PhaseSamples& phase : phases_) {
    // Phases come from every sample of the primary method, or from one of the others.
    const bool primary = phase.seconds.size() == timing.samples.size();
    summaries.push_back(time_summary(phase_tag(phase.name), phase.name,
                                     summarize(phase.seconds, primary ? timing.stopped_by : "sample limit")));
  }
  share_out(summaries);
  summaries.insert(summaries.end(), others.begin(), others.end());
  if (preparation_s) {
    summaries.push_back(time_summary(std::string(kWeightPreparationTag), "weights, once",
                                     summarize(std::vector{*preparation_s}, "sample limit")));
  }
  const std::vector<Summary> clocks = cross_check_.clocks();
  summaries.insert(summaries.end(), clocks.begin(), clocks.end());
  result.method = methods.front();
  result.summaries = std::move(summaries);
  result.timing = std::move(timing);
  return "";
}

}  // namespace nvfp4bench::bench
