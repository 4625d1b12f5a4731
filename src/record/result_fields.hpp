// Every key of a file of results, and what it holds. Absent is null, never 0.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "model/metrics.hpp"
#include "model/result.hpp"
#include "record/json_object.hpp"
#include "record/problem_json.hpp"

namespace nvfp4bench::record {

inline constexpr int kSchemaVersion = 3;

void fields(auto& object, Is<Metadata> auto& m) {
  object.field("tool_version", m.tool_version);
  object.or_null("git_revision", m.git_revision);
  object.field("compiler", m.compiler);
  object.field("compiler_flags", m.compiler_flags);
  object.field("build_type", m.build_type);
  object.field("cpu", m.cpu);
  object.field("os", m.os);
  object.field("isa", m.isa);
  object.field("threads", m.threads);
  object.field("started_at", m.started_at);
  object.field("command_line", m.command_line);
  object.field("in_process", m.in_process);
}

void fields(auto& object, Is<Peak> auto& peak) {
  object.field("name", peak.name);
  object.field("bytes_per_s", peak.bytes_per_s);
  object.field("flops_per_s", peak.flops_per_s);
  object.field("source", peak.source);
}

void fields(auto& object, Is<CacheRate> auto& cache) {
  object.field("level", cache.level);
  object.field("bytes", cache.bytes);
  object.field("bytes_per_s", cache.bytes_per_s);
  object.field("spread", cache.spread);
}

void fields(auto& object, Is<Ceilings> auto& ceilings) {
  object.field("name", ceilings.name);
  object.field("bytes_per_s", ceilings.bytes_per_s);
  object.field("spread", ceilings.spread);
  object.field("caches", ceilings.caches);
  object.field("flops_per_s", ceilings.flops_per_s);
  object.field("source", ceilings.source);
}

void fields(auto& object, Is<GpuResult> auto& gpu) {
  object.field("ordinal", gpu.device.ordinal);
  object.field("name", gpu.device.name);
  object.field("capability", gpu.device.capability);
  object.field("sm_count", gpu.device.sm_count);
  object.field("l2_bytes", gpu.device.l2_bytes);
  object.field("memory_bytes", gpu.device.memory_bytes);
  object.field("driver_version", gpu.device.driver_version);
  object.field("runtime_version", gpu.device.runtime_version);
  object.field("ceilings", gpu.ceilings);
  object.or_null("launch_floor_s", gpu.launch_floor_s, gpu.launch_floor_s > 0);
  object.field("flush_bytes", gpu.flush_bytes);
  object.or_null("lost_in", gpu.lost_in);
}

void fields(auto& object, Is<Work> auto& work) {
  object.field("flops", work.flops);
  object.field("a_bytes", work.a_bytes);
  object.field("weight_bytes", work.weight_bytes);
  object.field("output_bytes", work.output_bytes);
  object.derived("bytes", [&] { return work.bytes(); });
}

/// Where VariantResult::timing has them, keys name the quantity and its unit.
struct StatisticsKeys {
  std::string_view median = "median";
  std::string_view min = "min";
  std::string_view p10 = "p10";
  std::string_view p90 = "p90";
  std::string_view ci_low = "ci95_low";
  std::string_view ci_high = "ci95_high";
  std::string_view samples = "samples";
};
inline constexpr StatisticsKeys kTimingKeys{"time_s_median",   "time_s_min",       "time_s_p10", "time_s_p90",
                                            "time_s_ci95_low", "time_s_ci95_high", "samples_s"};

void fields(auto& object, Is<Statistics> auto& s, const StatisticsKeys& keys = {}) {
  object.field(keys.median, s.median);
  object.field(keys.min, s.min);
  object.field(keys.p10, s.p10);
  object.field(keys.p90, s.p90);
  object.or_null(keys.ci_low, s.ci_low, has_interval(s));
  object.or_null(keys.ci_high, s.ci_high, has_interval(s));
  object.or_null("stopped_by", s.stopped_by);
  object.field(keys.samples, s.samples);
}

template <>
inline constexpr auto kAllOf<Unit> = std::span(kUnits);

void fields(auto& object, Is<Summary> auto& s) {
  object.field("tag", s.tag);
  object.field("title", s.title);
  object.field("unit", s.unit);
  object.field("value", s.value);
  object.field("share", s.share);
  object.or_null("note", s.note);
  object.field("detail", s.detail);
  object.field("statistics", s.statistics);
}

void fields(auto& object, Is<Mismatch> auto& x) {
  object.field("group", x.group);
  object.field("l", x.l);
  object.field("m", x.m);
  object.field("n", x.n);
  object.field("exact", x.exact);
  object.field("accepted_low", x.low);
  object.field("accepted_high", x.high);
  object.field("got", x.got);
  object.field("ulps", x.ulps);
}

template <>
inline constexpr auto kAllOf<Status> = std::span(kStatuses);

void fields(auto& object, Is<Verdict> auto& v) {
  object.field("status", v.status);
  object.or_null("reason", v.reason);
  object.field("elements", v.elements);
  object.field("checked", v.checked);
  object.field("mismatches", v.mismatches);
  object.field("more_mismatches", v.more_mismatches);
  object.field("unwritten", v.unwritten);
  object.field("exact_nan", v.exact_nan);
  object.field("exact_zero", v.exact_zero);
  object.field("exact_inf", v.exact_inf);
  object.field("wide", v.wide);
  object.or_null("max_ulps", v.max_ulps, v.checked > 0);
  object.or_null("max_error_over_bound", v.max_error_over_bound, v.checked > 0);
  object.field("first_mismatches", v.first);
}

template <>
inline constexpr auto kAllOf<SiluTier> = std::span(kSiluTiers);

void silu_fields(auto& object, Is<SiluTier> auto& tier) {
  object.field("tier", tier);
  object.derived("exp_per_g", [&] { return silu_error(tier).exp_per_g; });
  object.derived("exp_base", [&] { return silu_error(tier).exp_base; });
  object.derived("division", [&] { return silu_error(tier).division; });
}

template <>
inline constexpr auto kAllOf<Accumulator> = std::span(kAccumulators);

template <>
inline constexpr auto kAllOf<SumTerm> = std::span(kSumTerms);

void fields(auto& object, Is<SumTree> auto& tree) {
  object.field("term", tree.term);
  object.field("lanes", tree.lanes);
  object.check("lanes", tree.lanes >= 1, "at least 1");
  object.field("chain", tree.chain);
  object.check("chain", tree.chain >= 0, "at least 0");
}

void fields(auto& object, Is<SplitK> auto& split) {
  object.field("parts", split.parts);
  object.check("parts", split.parts >= 2, "at least 2");
  object.field("step", split.step);
  object.check("step", split.step >= 16 && split.step % 16 == 0, "a multiple of 16");
}

void fields(auto& object, Is<Numerics> auto& n) {
  object.field("accumulator", n.accumulator);
  object.nested("silu", n.silu, [](auto& inner, auto& tier) { silu_fields(inner, tier); });
  object.field("deterministic", n.deterministic);
  std::vector<uint8_t> order(n.step_order.span().begin(), n.step_order.span().end());
  object.field("step_order", order);
  // Only where they say something.
  auto tree = n.accumulator == Accumulator::fp32_tree ? std::optional(n.sum_tree) : std::nullopt;
  auto split = n.split_k.parts > 1 ? std::optional(n.split_k) : std::nullopt;
  object.or_none("sum_tree", tree);
  object.or_none("split_k", split);
  if constexpr (!std::is_const_v<std::remove_reference_t<decltype(n)>>) {
    n.sum_tree = tree.value_or(SumTree{});
    n.split_k = split.value_or(SplitK{});
    try {
      n.step_order = StepOrder(order);
    } catch (const std::invalid_argument&) {
      object.check("step_order", false, "every k of a chunk of whole steps once");
    }
  }
}

template <>
inline constexpr auto kAllOf<Method> = std::span(kMethods);

void structure_fields(auto& object, Is<Structure> auto& s, const Problem& problem) {
  object.field("launches", s.launches);
  object.field("passes_over_a", s.passes_over_a);
  object.field("fp32_temporaries", s.fp32_temporaries);
  object.derived("traffic_bytes", [&] { return traffic_bytes(problem, s); });
}

void variant_fields(auto& object, Is<VariantResult> auto& v, const RunResult& run,
                    const ProblemResult& problem) {
  const auto metric = [&](std::optional<double> Metrics::*member) {
    return [&, member] { return metrics_of(run, problem, v).*member; };
  };
  object.field("variant", v.variant);
  object.field("target", v.target);
  object.field("idea", v.idea);
  object.field("summary", v.summary);
  object.field("status", v.status);
  object.or_null("reason", v.reason);
  object.field("numerics", v.numerics);
  object.nested("structure", v.structure,
                [&](auto& inner, auto& structure) { structure_fields(inner, structure, problem.problem); });
  object.field("on_gpu", v.on_gpu);
  object.field("elapsed_s", v.elapsed_s);
  object.field("workspace_bytes", v.workspace_bytes);
  object.derived("flops_per_s", metric(&Metrics::flops_per_s));
  object.derived("compulsory_bytes_per_s", metric(&Metrics::bytes_per_s));
  object.derived("roofline_fraction", metric(&Metrics::roofline_fraction));
  object.derived("speedup_vs_two_pass", metric(&Metrics::speedup_vs_two_pass));
  object.field("method", v.method);
  object.nested("timing", v.timing, [](auto& inner, auto& timing) { fields(inner, timing, kTimingKeys); });
  object.field("summaries", v.summaries);
  object.field("remarks", v.remarks);
  object.field("verdict", v.verdict);
  object.or_none("exact_sums", v.exact_sums);
}

void problem_fields(auto& object, Is<ProblemResult> auto& p, const RunResult& run) {
  object.field("problem", p.problem);
  object.field("work", p.work);
  object.or_null("generate_s", p.generate_s, p.generate_s > 0);
  object.or_null("reference_s", p.reference_s, p.reference_s > 0);
  object.field("disturbances", p.disturbances);
  object.list("variants", p.variants, [&](auto& inner, auto& v) { variant_fields(inner, v, run, p); });
}

void fields(auto& object, Is<RunResult> auto& run) {
  object.version("schema_version", kSchemaVersion);
  object.field("metadata", run.metadata);
  object.field("interrupted", run.interrupted);
  object.field("elapsed_s", run.elapsed_s);
  object.or_none("sample_seed", run.sample_seed);
  object.field("machine", run.machine);
  object.field("machine_at_end", run.machine_at_end);
  object.or_none("sweep_bytes", run.sweep_bytes, int64_t{0});
  object.field("gpu", run.gpu);
  object.field("devices", run.devices);
  object.list("problems", run.problems, [&](auto& inner, auto& p) { problem_fields(inner, p, run); });
}

}  // namespace nvfp4bench::record
