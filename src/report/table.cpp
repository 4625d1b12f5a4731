// The terminal report: one table a problem, then what went wrong, then the story.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "model/metrics.hpp"
#include "report/describe.hpp"
#include "report/format.hpp"
#include "report/report.hpp"
#include "report/text_table.hpp"

namespace nvfp4bench::report {
namespace {

/// One unit for each column, from its smallest value.
struct ColumnUnits {
  ScaledUnit time{"s", 1};
  int time_decimals = 0;
  ScaledUnit flop_rate{"GFLOP/s", 1e9};
  ScaledUnit byte_rate{"GB/s", 1e9};
};

ColumnUnits choose_units(const ProblemResult& problem) {
  double shortest = INFINITY;
  double longest = 0;
  for (const VariantResult& v : problem.variants) {
    if (!v.timing) continue;
    shortest = std::min(shortest, v.timing->median);
    longest = std::max(longest, v.timing->median);
  }
  ColumnUnits units;
  if (!(longest > 0)) return units;
  units.time = time_unit(shortest);
  units.time_decimals = decimals(shortest / units.time.scale, 4);
  if (problem.work.flops > 0) {
    units.flop_rate = flop_rate_unit(static_cast<double>(problem.work.flops) / longest);
    units.byte_rate = byte_rate_unit(static_cast<double>(problem.work.bytes()) / longest);
  }
  return units;
}

std::string or_absent(const std::optional<double>& value, double scale, std::string_view suffix = "") {
  return value ? significant(*value / scale) + std::string(suffix) : std::string(kAbsent);
}

class ProblemTable {
 public:
  ProblemTable(const RunResult& run, const ProblemResult& problem)
      : run_(run),
        problem_(problem),
        units_(choose_units(problem)),
        best_(fastest(problem)),
        table_({{"variant", "", true},
                {"time", std::string(units_.time.name)},
                {"±", "%", false, 1},
                {kSpread, std::string(units_.time.name)},
                {"rate", std::string(units_.flop_rate.name)},
                {kBytes, std::string(units_.byte_rate.name)},
                {"roof", "%"},
                {"vs two", "pass"},
                {"status", "", true},
                {"worst", "ulp"},
                {"error", "bound"}}) {
    for (const VariantResult& variant : problem.variants) add(variant);
  }

  std::string render(const Style& style) {
    // The least needed columns make room on a narrow terminal; JSON and CSV have everything.
    for (const char* column : {kSpread, kBytes}) {
      if (table_.width() > style.width) table_.drop_column(column);
    }
    return table_.render(style.color, style.width);
  }

 private:
  static constexpr const char* kSpread = "p10-p90";
  static constexpr const char* kBytes = "bytes";

  std::string time(double seconds) const {
    return fmt::format("{:.{}f}", seconds / units_.time.scale, units_.time_decimals);
  }

  void add(const VariantResult& v) {
    const Metrics metrics = metrics_of(run_, problem_, v);
    const bool errors_known = v.verdict && v.verdict->checked > 0;
    table_.add_row({{v.variant},
                    {v.timing ? time(v.timing->median) : std::string(kAbsent),
                     &v == best_ && metrics.half_ci ? Paint::bold : Paint::plain},
                    {metrics.half_ci ? fmt::format("{:.1f}", 100 * *metrics.half_ci) : std::string(kAbsent)},
                    {v.timing ? time(v.timing->p10) + "-" + time(v.timing->p90) : std::string(kAbsent)},
                    {or_absent(metrics.flops_per_s, units_.flop_rate.scale)},
                    {or_absent(metrics.bytes_per_s, units_.byte_rate.scale)},
                    {or_absent(metrics.roofline_fraction, 0.01)},
                    {or_absent(metrics.speedup_vs_two_pass, 1, "x")},
                    {std::string(to_string(v.status)), paint_of(v.status)},
                    {errors_known ? error_size(v.verdict->max_ulps) : std::string(kAbsent)},
                    {errors_known ? error_size(v.verdict->max_error_over_bound) : std::string(kAbsent)}});
    if (!v.reason.empty()) table_.add_note(v.reason);
    if (const std::string note = sampled(v); !note.empty()) table_.add_note(note);
    for (const std::string& remark : v.remarks) table_.add_note("remark: " + remark);
    add_summaries(v);
  }

  /// Under a variant: where its time goes, what else was measured, and what it did once beforehand. Times, and
  /// their share of the speed of light, are in the units of their columns.
  void add_summaries(const VariantResult& v) {
    for (const Summary& summary : v.summaries) {
      if (summary.detail) continue;
      std::string title = "  " + summary.title;
      if (summary.share) title += fmt::format(" ({} %)", significant(100 * *summary.share, 2));
      const bool is_time = summary.unit == Unit::seconds;
      const std::string value = is_time ? time(summary.value) : human(summary.value, summary.unit);
      const std::optional<Method> method = method_of(summary.tag);
      const std::optional<double> roof =
          method ? roofline_fraction(run_, problem_, v.on_gpu, *method, summary.value) : std::nullopt;
      table_.add_row({{title, Paint::dim},
                      {value, Paint::dim},
                      {},
                      {},
                      {},
                      {},
                      {roof ? or_absent(roof, 0.01) : "", Paint::dim}});
      if (!summary.note.empty()) table_.add_note(summary.note);
    }
  }

  const RunResult& run_;
  const ProblemResult& problem_;
  ColumnUnits units_;
  const VariantResult* best_;
  TextTable table_;
};

std::string first_mismatches(const ProblemResult& problem, const VariantResult& variant, const Style& style) {
  TextTable table(
      {{"group", ""}, {"l", ""}, {"m", ""}, {"n", ""}, {"accepted", ""}, {"got", ""}, {"ulps off", ""}});
  const OutputType type = problem.problem.output;
  for (const Mismatch& x : variant.verdict->first) {
    table.add_row({{fmt::format("{}", x.group)},
                   {fmt::format("{}", x.l)},
                   {fmt::format("{}", x.m)},
                   {fmt::format("{}", x.n)},
                   {fmt::format("[{}, {}]", output_value(x.low, type), output_value(x.high, type))},
                   {output_value(x.got, type)},
                   {error_size(x.ulps)}});
  }
  const std::string heading = fmt::format(
      "{}: the first of {}{} among {}", variant.variant, variant.verdict->more_mismatches ? "at least " : "",
      count(variant.verdict->mismatches, "wrong element"), count(variant.verdict->checked, "checked one"));
  return '\n' + wrap(heading, std::min(style.width, kWidestProse)) + table.render(style.color, style.width);
}

}  // namespace

std::string terminal(const RunResult& run, const ProblemResult& problem, const Style& style) {
  const int prose = std::min(style.width, kWidestProse);
  // The name is painted after wrapping, because escape codes take no columns.
  const std::string heading = wrap(fmt::format("{}: {}", problem.problem.name, describe(problem)), prose);
  const std::size_t name_size = std::min(problem.problem.name.size(), heading.size());
  std::string out =
      painted(heading.substr(0, name_size), Paint::bold, style.color) + heading.substr(name_size);
  if (problem.variants.empty()) return out + "\n  no variant has run\n";

  out += '\n' + ProblemTable(run, problem).render(style);
  if (const std::string line = sampled(run, problem); !line.empty()) out += '\n' + wrap(line, prose);
  if (const std::string lines = proofs(problem); !lines.empty()) out += '\n' + wrap(lines, prose);
  for (const VariantResult& v : problem.variants) {
    if (v.verdict && !v.verdict->first.empty()) out += first_mismatches(problem, v, style);
  }
  if (const std::string paragraphs = story(run, problem); !paragraphs.empty()) {
    out += '\n' + wrap(paragraphs, prose);
  }
  if (const std::string lines = disturbed(problem); !lines.empty())
    out += '\n' + painted(wrap(lines, prose), Paint::yellow, style.color);
  return out;
}

std::string summary(const RunResult& run, const Style& style) {
  std::string out;
  for (const Status status : {Status::passed, Status::failed, Status::mistrusted, Status::rejected,
                              Status::errored, Status::skipped, Status::pending}) {
    long long n = 0;
    for (const ProblemResult& p : run.problems) {
      n += std::count_if(p.variants.begin(), p.variants.end(),
                         [&](const VariantResult& v) { return v.status == status; });
    }
    if (n == 0) continue;
    if (!out.empty()) out += ", ";
    out += painted(fmt::format("{} {}", n, to_string(status)), paint_of(status), style.color);
  }
  if (out.empty()) out = "nothing ran";
  if (run.interrupted) out += ", interrupted";
  if (run.metadata.in_process) out += ", in-process: nothing was out of the variants' reach";
  if (run.elapsed_s) out += fmt::format(" ({})", human_seconds(*run.elapsed_s));
  return out;
}

}  // namespace nvfp4bench::report
