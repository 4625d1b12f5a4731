#include "validate/conclude.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace nvfp4bench::validate {
namespace {

/// A match is trusted while most elements say something. Real problems are far from this: outputs of the
/// published sets are neither zero nor saturated, and their intervals hold one or two values.
constexpr double kLargestShare = 0.5;
/// Of groups with fewer elements than this, what a few of them happen to be decides: those are one.
constexpr int64_t kFewElements = 64;
/// Groups to name in a reason.
constexpr size_t kMostNamed = 4;

std::string number(double x, OutputType type) {
  if (std::isnan(x)) return "NaN";
  return fmt::format("{:.{}g}", x, type == OutputType::f32 ? 9 : 5);
}

std::string why_failed(const Verdict& verdict, OutputType type) {
  std::string reason =
      fmt::format("{}{} of {} elements {}", verdict.more_mismatches ? "at least " : "", verdict.mismatches,
                  verdict.checked,
                  verdict.unwritten == verdict.mismatches ? "were never written" : "outside their interval");
  if (!verdict.first.empty()) {
    const Mismatch& first = verdict.first.front();
    reason += fmt::format(", first at group {}, l {}, m {}, n {}: got {}, expected ", first.group, first.l,
                          first.m, first.n, number(first.got, type));
    reason += std::isnan(first.exact) || first.low == first.high
                  ? number(first.low, type)
                  : fmt::format("within [{}, {}]", number(first.low, type), number(first.high, type));
  }
  if (verdict.unwritten > 0 && verdict.unwritten < verdict.mismatches) {
    reason += fmt::format("; {} elements were never written", verdict.unwritten);
  }
  return reason;
}

GroupEvidence together(std::span<const GroupEvidence> groups) {
  GroupEvidence sum;
  for (const GroupEvidence& group : groups) {
    sum.checked += group.checked;
    sum.zero += group.zero;
    sum.saturated += group.saturated;
    sum.wide += group.wide;
  }
  return sum;
}

bool proves_little(const GroupEvidence& evidence) {
  return static_cast<double>(evidence.weak()) > kLargestShare * static_cast<double>(evidence.checked);
}

/// Those in which a match proves little.
std::vector<GroupEvidence> weak_groups(std::span<const GroupEvidence> groups) {
  std::vector<GroupEvidence> weak;
  std::vector<GroupEvidence> small;
  for (const GroupEvidence& group : groups) {
    if (group.checked == 0) continue;
    if (group.checked < kFewElements) {
      small.push_back(group);
    } else if (proves_little(group)) {
      weak.push_back(group);
    }
  }
  if (proves_little(together(small))) weak.insert(weak.end(), small.begin(), small.end());
  std::ranges::sort(weak, {}, &GroupEvidence::group);
  return weak;
}

/// " in groups 1, 4 and 7"; nothing where it is all of them.
std::string where(std::span<const GroupEvidence> weak, std::span<const GroupEvidence> all) {
  if (weak.size() == static_cast<size_t>(std::ranges::count_if(
                         all, [](const GroupEvidence& group) { return group.checked > 0; })))
    return "";
  std::string names = weak.size() == 1 ? " in group " : " in groups ";
  const size_t named = std::min(weak.size(), kMostNamed);
  for (size_t i = 0; i < named; ++i) {
    const bool last = i + 1 == weak.size();
    names += fmt::format("{}{}", i == 0 ? "" : last ? " and " : ", ", weak[i].group);
  }
  return weak.size() > named ? fmt::format("{} and {} more", names, weak.size() - named) : names;
}

/// A reason, how many elements have it, and what to do about it.
struct Reason {
  int64_t count;
  std::string_view what;
  std::string_view remedy;
};

std::string why_mistrusted(std::span<const GroupEvidence> groups) {
  const std::vector<GroupEvidence> weak = weak_groups(groups);
  if (weak.empty()) return "";
  const GroupEvidence sum = together(weak);
  std::array<Reason, 3> reasons{{
      {sum.zero, "are expected to be zero", "choose another fill, a larger alpha or output f32"},
      {sum.saturated, "are expected to be infinite or NaN",
       "choose another fill, a smaller alpha, or output bf16 or f32"},
      {sum.wide, "could be any of more than 4 neighbouring values",
       "choose a fill with exact sums, a smaller k, state the variant's numerics more closely, or have its "
       "sums checked on exact data first"},
  }};
  std::ranges::stable_sort(reasons, std::ranges::greater{}, &Reason::count);
  std::string what;
  for (const Reason& reason : reasons) {
    const double share = static_cast<double>(reason.count) / static_cast<double>(sum.checked);
    if (reason.count == 0) continue;
    what += what.empty() ? fmt::format("{:.3g} % of the outputs {}", 100 * share, reason.what)
                         : fmt::format(", {:.3g} % {}", 100 * share, reason.what);
  }
  return fmt::format("the match proves little{}: {}; {}", where(weak, groups), what, reasons.front().remedy);
}

}  // namespace

void conclude(Verdict& verdict, OutputType type, std::span<const GroupEvidence> groups) {
  verdict.status = Status::passed;
  verdict.reason.clear();
  if (verdict.checked == 0) return;
  if (verdict.mismatches > 0) {
    verdict.status = Status::failed;
    verdict.reason = why_failed(verdict, type);
    return;
  }
  verdict.reason = why_mistrusted(groups);
  if (!verdict.reason.empty()) verdict.status = Status::mistrusted;
}

}  // namespace nvfp4bench::validate
