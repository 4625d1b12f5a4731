#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "report/describe.hpp"
#include "report/format.hpp"
#include "report/report.hpp"
#include "report/text_table.hpp"

namespace nvfp4bench::report {
namespace {

constexpr double kMega = 1e6;
constexpr double kGiga = 1e9;

std::string decimals3(double value) { return fmt::format("{:.3f}", value); }

Problem with_groups(Problem problem, std::vector<Group> groups) {
  problem.groups = std::move(groups);
  return problem;
}

/// "3", or "3-7" for equal neighbours.
std::string index_range(std::size_t first, std::size_t end) {
  return end - first == 1 ? std::to_string(first) : fmt::format("{}-{}", first, end - 1);
}

/// One row for every run of equal groups, with the bytes of all of them.
std::string group_table(const Problem& problem, int width) {
  TextTable table({{.title = "group", .unit = ""},
                   {.title = "M", .unit = ""},
                   {.title = "N", .unit = ""},
                   {.title = "K", .unit = ""},
                   {.title = "L", .unit = ""},
                   {.title = "a", .unit = "MB"},
                   {.title = problem.op == Op::gemm ? "b1" : "b1, b2", .unit = "MB"},
                   {.title = "c", .unit = "MB"},
                   {.title = "work", .unit = "GFLOP"}});
  const auto add_row = [&](std::vector<Cell> cells, const Work& work) {
    cells.push_back({decimals3(static_cast<double>(work.a_bytes) / kMega)});
    cells.push_back({decimals3(static_cast<double>(work.weight_bytes) / kMega)});
    cells.push_back({decimals3(static_cast<double>(work.output_bytes) / kMega)});
    cells.push_back({decimals3(static_cast<double>(work.flops) / kGiga)});
    table.add_row(std::move(cells));
  };
  const std::vector<Group>& groups = problem.groups;
  for (std::size_t first = 0, end = 0; first < groups.size(); first = end) {
    const Group& g = groups[first];
    for (end = first + 1; end < groups.size() && groups[end] == g;) ++end;
    add_row({{index_range(first, end)},
             {fmt::format("{}", g.m)},
             {fmt::format("{}", g.n)},
             {fmt::format("{}", g.k)},
             {fmt::format("{}", g.l)}},
            count_work(with_groups(problem, std::vector<Group>(end - first, g))));
  }
  if (groups.size() > 1) add_row({{"all"}, {}, {}, {}, {}}, count_work(problem));
  return table.render(false, width);
}

/// One thing that is known, under its name.
std::string entry(std::string_view name, std::string_view text, int width) {
  constexpr int kColumn = 24;
  return hanging(fmt::format("  {}", name), text, kColumn, width);
}

std::string totals(const Problem& problem, int64_t variants, int width) {
  const Work work = count_work(problem);
  std::string text = entry("compulsory bytes",
                           fmt::format("{} MB, operands and output once each",
                                       decimals3(static_cast<double>(work.bytes()) / kMega)),
                           width);
  if (work.bytes() > 0)
    text += entry(
        "arithmetic intensity",
        fmt::format("{:.1f} flop/byte", static_cast<double>(work.flops) / static_cast<double>(work.bytes())),
        width);
  return text + entry("memory needed",
                      fmt::format("{} on the host",
                                  human_bytes(static_cast<double>(memory_needed_bytes(problem, variants)))),
                      width);
}

std::string roofline_table(const Problem& problem, const std::vector<Peak>& devices, int width) {
  const bool dual = problem.op == Op::dual_gemm_silu;
  std::vector<Column> columns = {{.title = "speed of light", .unit = "", .left = true}};
  if (dual) {
    columns.push_back({.title = "dual GEMM", .unit = "us"});
    columns.push_back({.title = "bound by", .unit = "", .left = true});
  }
  columns.push_back({.title = "single GEMM", .unit = "us"});
  columns.push_back({.title = "bound by", .unit = "", .left = true});

  TextTable table(columns);
  const Work single = count_work(as_single_gemm(problem));
  for (const Peak& device : devices) {
    std::vector<Cell> cells = {{device.name}};
    const auto add = [&](const Work& work) {
      cells.push_back({decimals3(speed_of_light_s(work, device) * 1e6)});
      cells.push_back({bound_by_memory(work, device) ? "bytes" : "flops"});
    };
    if (dual) add(count_work(problem));
    add(single);
    table.add_row(std::move(cells));
  }
  return table.render(false, width);
}

/// "1.50 s to 30.0 s"
std::string sampling_time(const std::vector<PlanNote>& notes) {
  double least = 0;
  double most = 0;
  for (const PlanNote& note : notes) {
    least += static_cast<double>(note.variants) * note.min_time_s;
    most += static_cast<double>(note.variants) * note.max_time_s;
  }
  return fmt::format("{} to {}", human_seconds(least), human_seconds(most));
}

std::string noted(const PlanNote& note, int width) {
  std::string text;
  if (!note.alpha.empty()) text += entry("alpha", note.alpha, width);
  if (note.variants > 0)
    text += entry("sampling",
                  fmt::format("{} for {}, apart from data, reference and checks", sampling_time({note}),
                              count(note.variants, "variant")),
                  width);
  return text;
}

std::string plan_one(const Problem& problem, const PlanNote& note, const std::vector<Peak>& devices,
                     int width) {
  const int prose = std::min(width, kWidestProse);
  ProblemResult unrun;
  unrun.problem = problem;
  unrun.work = count_work(problem);
  std::string text = wrap(fmt::format("{}: {}", problem.name, describe(unrun)), prose);
  if (!problem.description.empty()) text += wrap(problem.description, prose, 2);
  text += fmt::format("\n{}\n{}{}", group_table(problem, width), totals(problem, note.variants, prose),
                      noted(note, prose));
  if (unrun.work.flops == 0) return text + "  nothing to compute: every group is empty\n";
  if (!devices.empty()) text += fmt::format("\n{}", roofline_table(problem, devices, width));
  return text;
}

}  // namespace

std::string plan(const std::vector<Problem>& problems, const std::vector<PlanNote>& notes,
                 const std::vector<Peak>& devices, int width) {
  std::string text;
  for (std::size_t i = 0; i < problems.size(); ++i) {
    if (!text.empty()) text += "\n";
    text += plan_one(problems[i], notes.at(i), devices, width);
  }
  if (problems.size() > 1)
    text += '\n' + wrap(fmt::format("{}: {} of sampling, apart from data, reference and checks.",
                                    count(std::ssize(problems), "problem"), sampling_time(notes)),
                        std::min(width, kWidestProse));
  return text;
}

}  // namespace nvfp4bench::report
