// Results as GitHub-flavoured Markdown: a heading, a table and the story for each problem.
#include <algorithm>

#include <fmt/format.h>

#include "model/metrics.hpp"
#include "report/describe.hpp"
#include "report/format.hpp"
#include "report/report.hpp"

namespace nvfp4bench::report {
namespace {

/// Text that stays text, in a table cell too, which cannot hold a line break.
std::string escaped(std::string_view text, std::string_view line_break = "<br>") {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += line_break;
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (std::string_view("|\\`*").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string or_absent(const std::optional<double>& value, const auto& to_text) {
  return value ? to_text(*value) : std::string(kAbsent);
}

std::string percent(double fraction) { return significant(100 * fraction) + " %"; }

std::string status_cell(const VariantResult& v) {
  std::string cell(to_string(v.status));
  if (const std::string note = sampled(v); !note.empty()) cell += fmt::format(" ({})", note);
  if (!v.reason.empty()) cell += ": " + escaped(v.reason);
  for (const std::string& remark : v.remarks) cell += "<br>remark: " + escaped(remark);
  return cell;
}

bool any_time(const ProblemResult& p) {
  return std::any_of(p.variants.begin(), p.variants.end(),
                     [](const VariantResult& v) { return v.timing.has_value(); });
}

std::string time_cells(const RunResult& run, const ProblemResult& p, const VariantResult& v) {
  const Metrics metrics = metrics_of(run, p, v);
  std::string time{kAbsent};
  if (v.timing) {
    time = human_seconds(v.timing->median);
    if (metrics.half_ci) time += fmt::format(" ±{:.1f} %", 100 * *metrics.half_ci);
  }
  std::string cells = fmt::format(
      " {} | {} | {} | {} |", time, or_absent(metrics.flops_per_s, human_flop_rate),
      or_absent(metrics.bytes_per_s, human_byte_rate), or_absent(metrics.roofline_fraction, percent));
  if (p.problem.op == Op::dual_gemm_silu) {
    cells += fmt::format(
        " {} |", or_absent(metrics.speedup_vs_two_pass, [](double x) { return significant(x) + "x"; }));
  }
  return cells;
}

std::string row(const RunResult& run, const ProblemResult& p, const VariantResult& v) {
  std::string error{kAbsent};
  if (v.verdict && v.verdict->checked > 0) {
    error = fmt::format("{} ulp, {} of the bound", error_size(v.verdict->max_ulps),
                        error_size(v.verdict->max_error_over_bound));
  }
  return fmt::format("| `{}` |{} {} | {} |\n", v.variant, any_time(p) ? time_cells(run, p, v) : "",
                     status_cell(v), error);
}

/// Under a variant, what else was measured of it. Only beside a time.
std::string summary_row(const RunResult& run, const ProblemResult& p, const VariantResult& v,
                        const Summary& summary) {
  std::string title = escaped(summary.title);
  if (summary.share) title += fmt::format(" ({} %)", significant(100 * *summary.share, 2));
  const std::string note = summary.note.empty() ? "" : escaped(summary.note) + ' ';
  const std::optional<Method> method = method_of(summary.tag);
  const std::optional<double> roof =
      method ? roofline_fraction(run, p, v.on_gpu, *method, summary.value) : std::nullopt;
  return fmt::format("| &nbsp; {} | {} | | |{} |{} {}| |\n", title, human(summary.value, summary.unit),
                     roof ? ' ' + percent(*roof) : "", p.problem.op == Op::dual_gemm_silu ? " |" : "", note);
}

std::string section(const RunResult& run, const ProblemResult& p) {
  std::string out = fmt::format("## {}\n\n{}\n\n", escaped(p.problem.name), escaped(describe(p)));
  if (p.variants.empty()) return out + "No variant has run.\n\n";
  const bool dual = p.problem.op == Op::dual_gemm_silu;
  std::string time_names;
  std::string time_rules;
  if (any_time(p)) {
    time_names =
        fmt::format(" time | rate | compulsory bytes | of roofline |{}", dual ? " vs two_pass |" : "");
    time_rules = fmt::format("--:|--:|--:|--:|{}", dual ? "--:|" : "");
  }
  out += fmt::format("| variant |{} status | worst error |\n|---|{}---|---|\n", time_names, time_rules);
  for (const VariantResult& v : p.variants) {
    out += row(run, p, v);
    for (const Summary& summary : v.summaries) out += summary_row(run, p, v, summary);
  }
  if (const std::string line = sampled(run, p); !line.empty()) out += '\n' + line;
  if (const std::string lines = proofs(p); !lines.empty()) out += '\n' + escaped(lines, "\n");
  if (const std::string paragraphs = story(run, p); !paragraphs.empty())
    out += '\n' + escaped(paragraphs, "\n");
  if (const std::string lines = disturbed(p); !lines.empty()) out += '\n' + escaped(lines, "\n");
  return out + '\n';
}

}  // namespace

std::string markdown(const RunResult& run) {
  const Metadata& m = run.metadata;
  std::string out = fmt::format("# nvfp4bench\n\n`{}`: {} ({}, {}), nvfp4bench {} {}, {}\n\n",
                                fmt::join(m.command_line, " "), escaped(m.cpu), m.isa,
                                count(m.threads, "thread"), m.tool_version, m.git_revision, m.started_at);
  if (run.gpu) {
    const Device& gpu = run.gpu->device;
    out += fmt::format("GPU: {}, compute capability {}.{}, {} SMs, driver {}.{}\n\n", escaped(gpu.name),
                       gpu.capability / 10, gpu.capability % 10, gpu.sm_count, gpu.driver_version / 1000,
                       gpu.driver_version % 1000 / 10);
  }
  for (const ProblemResult& p : run.problems) out += section(run, p);
  if (const std::string moved = moved_ceilings(run); !moved.empty()) out += escaped(moved, "\n") + '\n';
  return out + summary(run, Style{}) + '\n';
}

}  // namespace nvfp4bench::report
