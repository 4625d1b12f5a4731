#include "report/describe.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/format.hpp"
#include "report/report.hpp"

namespace nvfp4bench::report {
namespace {

std::string range(const std::vector<Group>& groups, int64_t Group::*size) {
  const auto [low, high] = std::minmax_element(
      groups.begin(), groups.end(), [&](const Group& a, const Group& b) { return a.*size < b.*size; });
  return (*low).*size == (*high).*size ? fmt::format("{}", (*low).*size)
                                       : fmt::format("{}-{}", (*low).*size, (*high).*size);
}

}  // namespace

std::string describe_sizes(const Problem& problem) {
  std::string text = count(std::ssize(problem.groups), "group");
  if (problem.groups.empty()) return text;
  text += fmt::format(", M {}, N {}, K {}", range(problem.groups, &Group::m),
                      range(problem.groups, &Group::n), range(problem.groups, &Group::k));
  if (const std::string l = range(problem.groups, &Group::l); l != "1") text += ", L " + l;
  return text;
}

std::string describe(const ProblemResult& result) {
  const Problem& problem = result.problem;
  std::string data = problem.fill == kGivenFill ? "given operands"
                                                : fmt::format("fill {}, seed {}", problem.fill, problem.seed);
  if (problem.pad_scales != PadScales::zero)
    data += fmt::format(", scales of padding rows {}", to_string(problem.pad_scales));
  return fmt::format("{}, {}, {} output, {}, {}, {}", to_string(problem.op), describe_sizes(problem),
                     to_string(problem.output), data, human_flops(static_cast<double>(result.work.flops)),
                     human_bytes(static_cast<double>(result.work.bytes())));
}

std::string sampled(const VariantResult& variant) {
  if (!variant.verdict || variant.verdict->checked >= variant.verdict->elements) return "";
  return fmt::format("{} of {} elements checked", variant.verdict->checked, variant.verdict->elements);
}

std::string sampled(const RunResult& run, const ProblemResult& problem) {
  const bool empty = std::any_of(
      problem.variants.begin(), problem.variants.end(),
      [](const VariantResult& variant) { return variant.verdict && variant.verdict->elements == 0; });
  if (empty) return "There is nothing to compute: no element was checked, and passed proves nothing.\n";
  const bool any = std::any_of(problem.variants.begin(), problem.variants.end(),
                               [](const VariantResult& variant) { return !sampled(variant).empty(); });
  if (!any) return "";
  return fmt::format("Only a sample of each output was checked{}: passed means no more than that.\n",
                     run.sample_seed ? fmt::format(", picked by --sample-seed {}", *run.sample_seed) : "");
}

std::string proofs(const ProblemResult& problem) {
  int64_t longest = 0;
  for (const Group& group : problem.problem.groups) longest = std::max(longest, group.k);
  const std::string part = longest > kExactSumLength
                               ? fmt::format(", {} of up to {} products a sum", kExactSumLength, longest)
                               : "";
  std::string lines;
  for (const VariantResult& v : problem.variants) {
    if (!v.exact_sums || !v.verdict || v.verdict->checked == 0 || v.verdict->mismatches > 0) continue;
    const Verdict& own = *v.verdict;
    const std::string exact =
        sums_proven(v)
            ? fmt::format("exact data of the same shapes prove its sums ({} to the bit{})",
                          count(v.exact_sums->checked, "element"), part)
            : fmt::format("exact data of the same shapes do not prove its sums ({})", v.exact_sums->reason);
    lines +=
        fmt::format("{}: {}; its output here lies within the bounds of {}, wide for {} % of it.\n", v.variant,
                    exact, to_string(v.numerics.accumulator),
                    significant(100 * static_cast<double>(own.wide) / static_cast<double>(own.checked), 2));
  }
  return lines;
}

std::string disturbed(const ProblemResult& problem) {
  if (problem.disturbances.empty()) return "";
  return fmt::format("Disturbed: {}. Times may be too long.\n", fmt::join(problem.disturbances, "; "));
}

std::string moved_ceilings(const RunResult& run) {
  constexpr double kMoved = 0.1;
  if (!run.machine || !run.machine_at_end) return "";
  std::vector<std::string> moved;
  const auto compare = [&](std::string_view what, double start, double end, auto to_text) {
    if (std::abs(end - start) > kMoved * std::min(start, end))
      moved.push_back(fmt::format("{} from {} to {}", what, to_text(start), to_text(end)));
  };
  compare("memory", run.machine->bytes_per_s, run.machine_at_end->bytes_per_s, human_byte_rate);
  compare("arithmetic", run.machine->flops_per_s, run.machine_at_end->flops_per_s, human_flop_rate);
  if (moved.empty()) return "";
  return fmt::format(
      "The ceilings of this machine moved during the run: {}. Shares of the roofline are no more certain than "
      "that.\n",
      fmt::join(moved, ", "));
}

Paint paint_of(Status status) {
  switch (status) {
    case Status::passed:
      return Paint::green;
    case Status::mistrusted:
      return Paint::yellow;
    case Status::pending:
    case Status::skipped:
      return Paint::dim;
    case Status::failed:
    case Status::errored:
    case Status::rejected:
      return Paint::red;
  }
  return Paint::plain;
}

std::string output_value(double value, OutputType type) {
  if (std::isnan(value)) return std::string(kNan);
  return fmt::format("{:.{}g}", value, type == OutputType::f32 ? 9 : 6);
}

std::string error_size(double value) {
  if (std::abs(value) >= 1e6) return fmt::format("{:.1e}", value);  // also inf, as "inf"
  if (value == std::floor(value)) return fmt::format("{:.0f}", value);
  return significant(value, 2);
}

}  // namespace nvfp4bench::report
