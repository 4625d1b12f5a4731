// The paragraph that this tool exists for. A kernel computed C = A B where C = silu(A B1) * (A B2) was asked,
// and there were three ways to mend it: two_pass, fused_sequential and fused_interleaved. What do the second
// launch, the second read of A and the temporaries cost? Only what was measured or counted is said.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "model/metrics.hpp"
#include "model/phase.hpp"
#include "report/format.hpp"
#include "report/report.hpp"

namespace nvfp4bench::report {
namespace {

/// Single-GEMM speed-of-light times that the GPU MODE NVFP4 grouped GEMM problems publish for a B200.
struct PublishedTarget {
  std::string_view problem;
  double single_gemm_s;
};
constexpr std::array<PublishedTarget, 4> kPublished{
    {{"g8_k7168", 18.833e-6}, {"g8_k2048", 10.667e-6}, {"g2_k4096", 2.406e-6}, {"g2_k1536", 1.525e-6}}};

constexpr double kMega = 1e6;

std::string percent(double fraction) { return significant(100 * fraction, 2) + " %"; }

std::string human_bytes(int64_t bytes) { return report::human_bytes(static_cast<double>(bytes)); }

std::string time_of(const VariantResult& v) { return human_seconds(v.timing->median); }

/// "a", "a and b", "a, b and c"
std::string join(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    out += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  }
  return out;
}

/// What `better` does without, of what `worse` does, in the bytes that it would move if caches kept nothing.
std::string savings(const ProblemResult& problem, const Structure& worse, const Structure& better) {
  std::vector<std::string> saved;
  const int launches = worse.launches - better.launches;
  if (launches > 0) saved.push_back(launches == 1 ? "one launch" : fmt::format("{} launches", launches));
  if (const int passes = worse.passes_over_a - better.passes_over_a; passes > 0) {
    saved.push_back(fmt::format("{} over A ({})", passes == 1 ? "one pass" : fmt::format("{} passes", passes),
                                human_bytes(passes * problem.work.a_bytes)));
  }
  if (worse.fp32_temporaries && !better.fp32_temporaries) {
    Structure without = worse;
    without.fp32_temporaries = false;
    const int64_t bytes = traffic_bytes(problem.problem, worse) - traffic_bytes(problem.problem, without);
    saved.push_back(fmt::format("writing and reading fp32 temporaries ({} in all)", human_bytes(bytes)));
  }
  return join(saved);
}

/// A step from a variant that does more to one that does less, in one sentence; `saved` is what the step
/// saves.
std::string step(const VariantResult& worse, const VariantResult& better, const std::string& saved) {
  const auto saves = [&](std::string_view lead) {
    return saved.empty() ? "" : fmt::format("{}{}", lead, saved);
  };
  if (!has_interval(*worse.timing) || !has_interval(*better.timing)) {
    return fmt::format("{} takes {} and {} {}, of too few samples to be compared.", better.idea,
                       time_of(better), worse.idea, time_of(worse));
  }
  if (indistinguishable(*worse.timing, *better.timing)) {
    return fmt::format("no measurable difference between {} ({}) and {} ({}){}.", better.idea,
                       time_of(better), worse.idea, time_of(worse), saves(", although the first saves "));
  }
  const double change = better.timing->median / worse.timing->median - 1;
  return fmt::format("{} takes {}, {} {} than {} ({}){}.", better.idea, time_of(better),
                     percent(std::abs(change)), change < 0 ? "less" : "more", worse.idea, time_of(worse),
                     saves(change < 0 ? ": it saves " : ", although it saves "));
}

std::string fusion_sentence(const VariantResult& two_pass, const VariantResult& interleaved) {
  const Summary* fusion = find_summary(two_pass.summaries, phase_tag(phase::kFusion));
  if (fusion == nullptr) return "";
  const double fusion_s = fusion->value;
  const double difference_s = two_pass.timing->median - interleaved.timing->median;
  if (!indistinguishable(*two_pass.timing, *interleaved.timing) && difference_s >= fusion_s) {
    return fmt::format(" Of the {} between them, {} is the fusion phase of two_pass.",
                       human_seconds(difference_s), human_seconds(fusion_s));
  }
  return fmt::format(" The fusion phase of two_pass takes {}.", human_seconds(fusion_s));
}

/// Why there is no time: "fused_sequential (skipped: no such device)".
std::string missing(std::string_view idea, const VariantResult* v) {
  if (v == nullptr) return fmt::format("{} (not run)", idea);
  return v->reason.empty() ? fmt::format("{} ({})", idea, to_string(v->status))
                           : fmt::format("{} ({}: {})", idea, to_string(v->status), v->reason);
}

/// The question, for the three variants of one target.
std::string costs(const ProblemResult& problem, std::string_view target) {
  const VariantResult* two_pass = find_variant(problem, target, "two_pass");
  const VariantResult* sequential = find_variant(problem, target, "fused_sequential");
  const VariantResult* interleaved = find_variant(problem, target, "fused_interleaved");
  if (sequential == nullptr && interleaved == nullptr) return "";  // baselines, with nothing to compare
  const auto timed = [](const VariantResult* v) {
    return v != nullptr && v->timing && v->timing->median > 0;
  };

  std::string text;
  std::vector<std::string> open;
  const bool named =
      timed(two_pass) && timed(interleaved);  // the first sentence then names all that is saved
  if (named) {
    text += step(*two_pass, *interleaved, savings(problem, two_pass->structure, interleaved->structure)) +
            fusion_sentence(*two_pass, *interleaved);
  } else {
    open.push_back("what fusing saves in all");
  }
  if (timed(two_pass) && timed(sequential)) {
    text += " Launches and temporaries: " +
            step(*two_pass, *sequential,
                 named ? "" : savings(problem, two_pass->structure, sequential->structure));
  } else {
    open.push_back("what launches and temporaries cost");
  }
  if (timed(sequential) && timed(interleaved)) {
    text += " The second pass over A: " +
            step(*sequential, *interleaved,
                 named ? "" : savings(problem, sequential->structure, interleaved->structure));
  } else {
    open.push_back("what the second pass over A costs");
  }
  if (!open.empty()) {
    std::vector<std::string> absent;
    if (!timed(two_pass)) absent.push_back(missing("two_pass", two_pass));
    if (!timed(sequential)) absent.push_back(missing("fused_sequential", sequential));
    if (!timed(interleaved)) absent.push_back(missing("fused_interleaved", interleaved));
    text += fmt::format(" Not answered: {}, for want of a time of {}.", join(open), join(absent));
  }
  return fmt::format("{}: {}", target, text.substr(text.find_first_not_of(' ')));
}

const char* bound_by(const Work& work, const Peak& peak) {
  return bound_by_memory(work, peak) ? "memory" : "arithmetic";
}

/// "1.11 times", "13000 times"
std::string times(double ratio) {
  const double unit = ratio < 100 ? 0 : std::pow(10.0, std::floor(std::log10(ratio)) - 1);
  return unit == 0 ? significant(ratio) + " times"
                   : fmt::format("{:.0f} times", std::round(ratio / unit) * unit);
}

/// What the ceilings of one place, measured or of a datasheet, allow, and how far from it `best` is. `from`: what the
/// bytes are read from, " from memory".
std::string limit(const std::string& ceilings, const Peak& peak, const ProblemResult& problem,
                  const VariantResult* best, std::string_view from = "") {
  const double limit_s = speed_of_light_s(problem.work, peak);
  std::string text =
      fmt::format("{} ({}{}, {}) allow {}, bound by {}", ceilings, human_byte_rate(peak.bytes_per_s), from,
                  human_flop_rate(peak.flops_per_s), human_seconds(limit_s), bound_by(problem.work, peak));
  if (best != nullptr) {
    text += fmt::format("; {}{} takes {} that", best->variant,
                        has_interval(*best->timing) ? ", the fastest," : "",
                        times(best->timing->median / limit_s));
  }
  return text + ". ";
}

/// Both rooflines of the GPU, and why they are what they are.
std::string gpu_limits(const RunResult& run, const ProblemResult& problem) {
  if (!run.gpu) return "";
  const std::string& name = run.gpu->device.name;
  const VariantResult* best = fastest_on(true, problem);
  std::string text;
  if (run.gpu->ceilings)
    text += limit(fmt::format("Speed of light: the ceilings measured on this {}", name), *run.gpu->ceilings,
                  problem, best);
  for (const Peak& datasheet : run.devices) {
    if (name.find(datasheet.name) != std::string::npos)
      text += limit(fmt::format("Those of the {} datasheet", datasheet.name), datasheet, problem, best);
  }
  constexpr int kHopper = 90;
  if (run.gpu->device.capability == kHopper)
    text +=
        "Hopper has no FP4 tensor cores: NVFP4 runs dequantised to fp16 there, and the roofline is the larger "
        "of bytes over DRAM rate and flops over fp16 tensor rate. ";
  return text;
}

/// How GPU times were taken; empty without one.
std::string gpu_method(const RunResult& run, const ProblemResult& problem) {
  const VariantResult* best = fastest_on(true, problem);
  if (best == nullptr || !best->method || !run.gpu) return "";
  std::string text =
      fmt::format("Measured as GPU time, {}: before each call {} of other memory are read, twice the L2. ",
                  title_of(*best->method), human_bytes(run.gpu->flush_bytes));
  if (const Summary* rotated = find_summary(best->summaries, tag_of(Method::rotated_graph))) {
    text += fmt::format(
        "With operands rotated, many calls follow one another, each on another copy of the operands; {} "
        "takes {} a call then. ",
        best->variant, human_seconds(rotated->value));
  }
  text += fmt::format("An empty kernel takes {}", human_seconds(run.gpu->launch_floor_s));
  const Summary* clock = find_summary(best->summaries, kSmClockTag);
  const Summary* least = find_summary(best->summaries, kSmClockMinTag);
  if (clock != nullptr && least != nullptr) {
    text += fmt::format(". SM clock after the samples of {}: {:.0f} MHz, at least {:.0f}{}", best->variant,
                        clock->value / kMega, least->value / kMega,
                        clock->note.empty() ? "" : ", " + clock->note);
  }
  return text + ".\n\n";
}

/// How CPU times were taken, and the roofline of the CPU.
std::string cpu_limits(const RunResult& run, const ProblemResult& problem) {
  if (!run.machine) return "";
  constexpr double kMoved = 0.1;
  const VariantResult* best = fastest_on(false, problem);
  std::string text;
  if (best != nullptr && run.sweep_bytes > 0) {
    text += fmt::format(
        "CPU times are those with cold caches: before each call all threads read {} of other memory, twice what their "
        "caches hold.\n\n",
        human_bytes(run.sweep_bytes));
  }
  text += limit("Speed of light: the ceilings measured on this machine", *run.machine, problem, best,
                " from memory");
  if (run.machine->spread.value_or(0) > kMoved) {
    text += fmt::format("Reading memory did not go at one rate, the median was {}. ",
                        human_byte_rate((1 - *run.machine->spread) * run.machine->bytes_per_s));
  }
  return text;
}

std::string limits(const RunResult& run, const ProblemResult& problem) {
  const VariantResult* best = fastest(problem);
  const std::string_view what = problem.problem.op == Op::gemm ? "GEMM" : "dual GEMM";
  std::string text = gpu_method(run, problem) + gpu_limits(run, problem);
  text += cpu_limits(run, problem);
  const auto b200 =
      std::find_if(run.devices.begin(), run.devices.end(), [](const Peak& d) { return d.name == "B200"; });
  if (b200 == run.devices.end()) return text;
  const double limit_s = speed_of_light_s(problem.work, *b200);
  text += fmt::format("A B200 needs at least {} for this {}, bound by {}", human_seconds(limit_s), what,
                      bound_by(problem.work, *b200));
  if (best != nullptr) {
    text += fmt::format("; {} takes {} that", best->variant, times(best->timing->median / limit_s));
  }
  text += ".";
  if (problem.problem.op == Op::gemm) return text;

  const double single_s = speed_of_light_s(count_work(as_single_gemm(problem.problem)), *b200);
  const auto target = std::find_if(kPublished.begin(), kPublished.end(), [&](const PublishedTarget& p) {
    return p.problem == problem.problem.name;
  });
  // The name alone is no proof: the problem may have been edited.
  const bool published = target != kPublished.end() && std::abs(single_s / target->single_gemm_s - 1) < 0.005;
  text += published ? fmt::format(" The single GEMM needs {}: the target published for these shapes is its.",
                                  human_seconds(single_s))
                    : fmt::format(" The single GEMM A B1 alone needs {}.", human_seconds(single_s));
  return text;
}

}  // namespace

std::string story(const RunResult& run, const ProblemResult& problem) {
  const bool asked_for_times = run.machine || (run.gpu && run.gpu->ceilings) || fastest(problem) != nullptr;
  if (!asked_for_times || problem.work.flops == 0) return "";
  std::vector<std::string_view> targets;
  std::string text;
  for (const VariantResult& v : problem.variants) {
    const std::string_view target = v.target;
    if (problem.problem.op == Op::gemm || std::find(targets.begin(), targets.end(), target) != targets.end())
      continue;
    targets.push_back(target);
    // A target of which nothing can run has said so in the table.
    const bool has_time =
        std::any_of(problem.variants.begin(), problem.variants.end(),
                    [&](const VariantResult& other) { return other.target == target && other.timing; });
    if (!has_time) continue;
    if (const std::string answer = costs(problem, target); !answer.empty()) text += answer + "\n\n";
  }
  if (targets.empty() || fastest(problem) != nullptr) return text + limits(run, problem) + '\n';
  return fmt::format(
      "Not answered: what the second launch, the second read of A and the temporaries cost, because no "
      "variant has a time.\n\n{}\n",
      limits(run, problem));
}

}  // namespace nvfp4bench::report
