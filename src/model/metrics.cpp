#include "model/metrics.hpp"

namespace nvfp4bench {

const VariantResult* find_variant(const ProblemResult& problem, std::string_view target,
                                  std::string_view idea) {
  for (const VariantResult& v : problem.variants) {
    if (v.target == target && v.idea == idea) return &v;
  }
  return nullptr;
}

const VariantResult* fastest(const ProblemResult& problem) {
  const VariantResult* cpu = fastest_on(false, problem);
  const VariantResult* gpu = fastest_on(true, problem);
  if (cpu == nullptr || gpu == nullptr) return cpu == nullptr ? gpu : cpu;
  return cpu->timing->median < gpu->timing->median ? cpu : gpu;
}

const VariantResult* fastest_on(bool gpu, const ProblemResult& problem) {
  const VariantResult* best = nullptr;
  for (const VariantResult& v : problem.variants) {
    if (v.on_gpu == gpu && v.timing && (best == nullptr || v.timing->median < best->timing->median))
      best = &v;
  }
  return best;
}

std::optional<Ceilings> ceilings_of(const RunResult& run, bool gpu) {
  if (!gpu) return run.machine;
  if (!run.gpu || !run.gpu->ceilings) return std::nullopt;
  return Ceilings{*run.gpu->ceilings};
}

std::optional<double> roofline_fraction(const RunResult& run, const ProblemResult& problem, bool gpu,
                                        Method method, double seconds) {
  const std::optional<Ceilings> ceilings = ceilings_of(run, gpu);
  if (!ceilings || problem.work.flops == 0 || !(seconds > 0)) return std::nullopt;
  const std::optional<double> limit_s = speed_of_light_s(problem.work, *ceilings, method);
  return limit_s ? std::optional(*limit_s / seconds) : std::nullopt;
}

Metrics metrics_of(const RunResult& run, const ProblemResult& problem, const VariantResult& variant) {
  Metrics metrics;
  if (!variant.timing || !(variant.timing->median > 0)) return metrics;
  const Timing& timing = *variant.timing;
  if (has_interval(timing)) metrics.half_ci = (timing.ci_high - timing.ci_low) / 2 / timing.median;
  const VariantResult* two_pass = find_variant(problem, variant.target, "two_pass");
  if (two_pass != nullptr && two_pass->timing && has_interval(timing) && has_interval(*two_pass->timing)) {
    metrics.speedup_vs_two_pass = two_pass->timing->median / timing.median;
  }
  if (problem.work.flops == 0) return metrics;  // only empty groups: a rate would say nothing
  metrics.flops_per_s = static_cast<double>(problem.work.flops) / timing.median;
  metrics.bytes_per_s = static_cast<double>(problem.work.bytes()) / timing.median;
  if (variant.method)
    metrics.roofline_fraction =
        roofline_fraction(run, problem, variant.on_gpu, *variant.method, timing.median);
  return metrics;
}

bool has_interval(const Timing& timing) { return timing.samples.size() >= kFewestForInterval; }

bool indistinguishable(const Timing& a, const Timing& b) {
  if (!has_interval(a) || !has_interval(b)) return true;
  return a.ci_low <= b.ci_high && b.ci_low <= a.ci_high;
}

}  // namespace nvfp4bench
