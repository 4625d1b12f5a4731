// The complete results as JSON, schema_version 2: configs/schemas/result.schema.json describes every field.
// Absent is null. JSON has no infinities and no NaN: those are the strings "inf", "-inf" and "nan".
#include "record/results.hpp"

#include <cmath>

#include "model/metrics.hpp"
#include "record/problem_json.hpp"

namespace nvfp4bench::record {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchemaVersion = 2;

Json number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}

Json text(const std::string& value) { return value.empty() ? Json(nullptr) : Json(value); }

template <class T, class ToJson>
Json array(const std::vector<T>& values, const ToJson& to_json) {
  Json out = Json::array();
  for (const T& value : values) out.push_back(to_json(value));
  return out;
}

template <class T, class ToJson>
Json or_null(const std::optional<T>& value, const ToJson& to_json) {
  return value ? Json(to_json(*value)) : Json(nullptr);
}

Json metadata_json(const Metadata& m) {
  return {{"tool_version", m.tool_version},
          {"git_revision", text(m.git_revision)},
          {"compiler", m.compiler},
          {"compiler_flags", m.compiler_flags},
          {"build_type", m.build_type},
          {"cpu", m.cpu},
          {"os", m.os},
          {"isa", m.isa},
          {"threads", m.threads},
          {"started_at", m.started_at},
          {"command_line", m.command_line}};
}

Json peak_json(const Peak& peak) {
  return {{"name", peak.name},
          {"bytes_per_s", number(peak.bytes_per_s)},
          {"flops_per_s", number(peak.flops_per_s)},
          {"source", peak.source}};
}

Json timing_json(const Timing& t) {
  return {{"time_s_median", number(t.median)},   {"time_s_min", number(t.min)},
          {"time_s_p10", number(t.p10)},         {"time_s_p90", number(t.p90)},
          {"time_s_ci95_low", number(t.ci_low)}, {"time_s_ci95_high", number(t.ci_high)},
          {"stopped_by", text(t.stopped_by)},    {"samples_s", array(t.samples, number)}};
}

Json statistics_json(const Statistics& s) {
  return {{"median", number(s.median)},
          {"min", number(s.min)},
          {"p10", number(s.p10)},
          {"p90", number(s.p90)},
          {"ci95_low", number(s.ci_low)},
          {"ci95_high", number(s.ci_high)},
          {"stopped_by", text(s.stopped_by)},
          {"samples", array(s.samples, number)}};
}

Json summary_json(const Summary& s) {
  return {{"tag", s.tag},
          {"title", s.title},
          {"unit", to_string(s.unit)},
          {"value", number(s.value)},
          {"share", or_null(s.share, number)},
          {"note", text(s.note)},
          {"detail", s.detail},
          {"statistics", or_null(s.statistics, statistics_json)}};
}

Json mismatch_json(const Mismatch& x) {
  return {{"group", x.group},
          {"l", x.l},
          {"m", x.m},
          {"n", x.n},
          {"exact", number(x.exact)},
          {"accepted_low", number(x.low)},
          {"accepted_high", number(x.high)},
          {"got", number(x.got)},
          {"ulps", number(x.ulps)}};
}

Json verdict_json(const Verdict& v) {
  const bool any = v.checked > 0;
  return {{"status", to_string(v.status)},
          {"reason", text(v.reason)},
          {"elements", v.elements},
          {"checked", v.checked},
          {"mismatches", v.mismatches},
          {"more_mismatches", v.more_mismatches},
          {"unwritten", v.unwritten},
          {"exact_nan", v.exact_nan},
          {"exact_zero", v.exact_zero},
          {"exact_inf", v.exact_inf},
          {"wide", v.wide},
          {"max_ulps", any ? number(v.max_ulps) : Json(nullptr)},
          {"max_error_over_bound", any ? number(v.max_error_over_bound) : Json(nullptr)},
          {"first_mismatches", array(v.first, mismatch_json)}};
}

Json silu_json(const SiluTier& tier) {
  return {{"tier", tier.name},
          {"exp_per_g", tier.exp_per_g},
          {"exp_base", tier.exp_base},
          {"division", tier.division}};
}

Json numerics_json(const Numerics& n) {
  return {{"accumulator", to_string(n.accumulator)},
          {"silu", silu_json(n.silu)},
          {"deterministic", n.deterministic},
          {"step_order", n.step_order.span()}};
}

Json structure_json(const Problem& problem, const Structure& s) {
  return {{"launches", s.launches},
          {"passes_over_a", s.passes_over_a},
          {"fp32_temporaries", s.fp32_temporaries},
          {"traffic_bytes", traffic_bytes(problem, s)}};
}

Json gpu_json(const GpuResult& gpu) {
  const Device& device = gpu.device;
  return {{"ordinal", device.ordinal},
          {"name", device.name},
          {"capability", device.capability},
          {"sm_count", device.sm_count},
          {"l2_bytes", device.l2_bytes},
          {"memory_bytes", device.memory_bytes},
          {"driver_version", device.driver_version},
          {"runtime_version", device.runtime_version},
          {"ceilings", or_null(gpu.ceilings, peak_json)},
          {"launch_floor_s", gpu.launch_floor_s > 0 ? number(gpu.launch_floor_s) : Json(nullptr)},
          {"flush_bytes", gpu.flush_bytes},
          {"lost_in", text(gpu.lost_in)}};
}

Json variant_json(const RunResult& run, const ProblemResult& problem, const VariantResult& v) {
  const Metrics metrics = metrics_of(run, problem, v);
  return {{"variant", v.variant},
          {"target", v.target},
          {"idea", v.idea},
          {"summary", v.summary},
          {"status", to_string(v.status)},
          {"reason", text(v.reason)},
          {"numerics", numerics_json(v.numerics)},
          {"structure", structure_json(problem.problem, v.structure)},
          {"on_gpu", v.on_gpu},
          {"workspace_bytes", v.workspace_bytes},
          {"flops_per_s", or_null(metrics.flops_per_s, number)},
          {"compulsory_bytes_per_s", or_null(metrics.bytes_per_s, number)},
          {"roofline_fraction", or_null(metrics.roofline_fraction, number)},
          {"speedup_vs_two_pass", or_null(metrics.speedup_vs_two_pass, number)},
          {"method", v.method ? Json(to_string(*v.method)) : Json(nullptr)},
          {"timing", or_null(v.timing, timing_json)},
          {"summaries", array(v.summaries, summary_json)},
          {"verdict", or_null(v.verdict, verdict_json)}};
}

/// 0 stands for a step that did not happen.
Json seconds_spent(double seconds) { return seconds > 0 ? number(seconds) : Json(nullptr); }

Json problem_result_json(const RunResult& run, const ProblemResult& p) {
  return {{"problem", problem_json(p.problem)},
          {"work",
           {{"flops", p.work.flops},
            {"a_bytes", p.work.a_bytes},
            {"weight_bytes", p.work.weight_bytes},
            {"output_bytes", p.work.output_bytes},
            {"bytes", p.work.bytes()}}},
          {"generate_s", seconds_spent(p.generate_s)},
          {"reference_s", seconds_spent(p.reference_s)},
          {"variants", array(p.variants, [&](const VariantResult& v) { return variant_json(run, p, v); })}};
}

}  // namespace

std::string results_json(const RunResult& run) {
  return json_text({{"schema_version", kSchemaVersion},
                    {"metadata", metadata_json(run.metadata)},
                    {"interrupted", run.interrupted},
                    {"elapsed_s", or_null(run.elapsed_s, number)},
                    {"machine", or_null(run.machine, peak_json)},
                    {"gpu", or_null(run.gpu, gpu_json)},
                    {"devices", array(run.devices, peak_json)},
                    {"problems", array(run.problems, [&](const ProblemResult& p) {
                       return problem_result_json(run, p);
                     })}});
}

}  // namespace nvfp4bench::record
