// One row a problem and variant, RFC 4180: CRLF line ends, quotes only where needed. Absent is empty. Columns
// that every run has come first, then one for each kind of summary in the run.
#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "model/metrics.hpp"
#include "report/report.hpp"

namespace nvfp4bench::report {
namespace {

std::string field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c;
    if (c == '"') quoted += '"';
  }
  return quoted + '"';
}

std::string field(int64_t value) { return fmt::format("{}", value); }
/// The shortest text that reads back the same.
std::string field(double value) { return fmt::format("{}", value); }
template <class T>
std::string field(const std::optional<T>& value) {
  return value ? field(*value) : "";
}

/// New columns go at the end, so that scripts that count columns keep working.
constexpr const char* kHeader =
    "problem,op,output,fill,seed,groups,flops,bytes,variant,status,reason,samples,time_s_median,time_s_min,"
    "time_s_p10,time_s_p90,time_s_ci95_low,time_s_ci95_high,flops_per_s,compulsory_bytes_per_s,"
    "roofline_fraction,speedup_vs_two_pass,weight_preparation_s_median,workspace_bytes,elements,checked,mismatches,max_ulps,"
    "max_error_over_bound,method,sm_clock_mhz_median,exact_sums,disturbances";

/// One for each tag of the run, in order of first appearance, but for those that have columns already.
struct SummaryColumn {
  std::string tag;
  Unit unit;
};

std::vector<SummaryColumn> summary_columns(const RunResult& run) {
  std::vector<SummaryColumn> columns;
  std::set<std::string_view> known{kWeightPreparationTag, kSmClockTag};
  for (const ProblemResult& p : run.problems) {
    for (const VariantResult& v : p.variants) {
      for (const Summary& summary : v.summaries) {
        if (known.insert(summary.tag).second) columns.push_back({summary.tag, summary.unit});
      }
    }
  }
  return columns;
}

/// Its value in base units times `scale`.
std::string summary_field(const VariantResult& v, std::string_view tag, double scale = 1) {
  const Summary* summary = find_summary(v.summaries, tag);
  return summary == nullptr ? "" : field(summary->value * scale);
}

std::string row(const RunResult& run, const ProblemResult& p, const VariantResult& v,
                const std::vector<SummaryColumn>& columns) {
  const Metrics metrics = metrics_of(run, p, v);
  const bool has_interval = v.timing && nvfp4bench::has_interval(*v.timing);
  const auto time = [&](double Timing::*member) { return v.timing ? field((*v.timing).*member) : ""; };
  const auto found = [&](int64_t Verdict::*member) { return v.verdict ? field((*v.verdict).*member) : ""; };
  const auto error = [&](double Verdict::*member) {
    return v.verdict && v.verdict->checked > 0 ? field((*v.verdict).*member) : "";
  };
  std::vector<std::string> cells{field(p.problem.name),
                                 field(to_string(p.problem.op)),
                                 field(to_string(p.problem.output)),
                                 field(p.problem.fill),
                                 fmt::format("{}", p.problem.seed),
                                 field(int64_t{std::ssize(p.problem.groups)}),
                                 field(p.work.flops),
                                 field(p.work.bytes()),
                                 field(v.variant),
                                 field(to_string(v.status)),
                                 field(v.reason),
                                 v.timing ? field(int64_t{std::ssize(v.timing->samples)}) : "",
                                 time(&Timing::median),
                                 time(&Timing::min),
                                 time(&Timing::p10),
                                 time(&Timing::p90),
                                 has_interval ? time(&Timing::ci_low) : "",
                                 has_interval ? time(&Timing::ci_high) : "",
                                 field(metrics.flops_per_s),
                                 field(metrics.bytes_per_s),
                                 field(metrics.roofline_fraction),
                                 field(metrics.speedup_vs_two_pass),
                                 summary_field(v, kWeightPreparationTag),
                                 field(v.workspace_bytes),
                                 found(&Verdict::elements),
                                 found(&Verdict::checked),
                                 found(&Verdict::mismatches),
                                 error(&Verdict::max_ulps),
                                 error(&Verdict::max_error_over_bound),
                                 v.method ? field(to_string(*v.method)) : "",
                                 summary_field(v, kSmClockTag, 1e-6),
                                 v.exact_sums ? field(to_string(v.exact_sums->status)) : "",
                                 field(fmt::format("{}", fmt::join(p.disturbances, "; ")))};
  for (const SummaryColumn& column : columns) cells.push_back(summary_field(v, column.tag));
  return fmt::format("{}\r\n", fmt::join(cells, ","));
}

}  // namespace

std::string csv(const RunResult& run) {
  const std::vector<SummaryColumn> columns = summary_columns(run);
  std::string out = kHeader;
  for (const SummaryColumn& column : columns)
    out += ',' + field(fmt::format("{}_{}", column.tag, to_string(column.unit)));
  out += "\r\n";
  for (const ProblemResult& p : run.problems) {
    for (const VariantResult& v : p.variants) out += row(run, p, v, columns);
  }
  return out;
}

}  // namespace nvfp4bench::report
