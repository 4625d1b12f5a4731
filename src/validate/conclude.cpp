#include "validate/conclude.hpp"

#include <cmath>
#include <string>

#include <fmt/format.h>

namespace nvfp4bench::validate {
namespace {

/// A match is trusted while most elements say something. Real problems are far from this: outputs of the
/// published sets are neither zero nor saturated, and their intervals hold one or two values.
constexpr double kLargestShare = 0.5;

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

std::string why_mistrusted(const Verdict& verdict) {
  const auto share = [&](int64_t count) {
    return static_cast<double>(count) / static_cast<double>(verdict.checked);
  };
  const auto too_many = [&](int64_t count, std::string_view what, std::string_view remedy) -> std::string {
    if (share(count) <= kLargestShare) return "";
    return fmt::format("the match proves little: {:.3g} % of the outputs {}; {}", 100 * share(count), what,
                       remedy);
  };
  std::string reason = too_many(verdict.exact_zero, "are expected to be zero",
                                "choose another fill, a larger alpha or output f32");
  if (reason.empty()) {
    reason = too_many(verdict.exact_inf + verdict.exact_nan, "are expected to be infinite or NaN",
                      "choose another fill, a smaller alpha, or output bf16 or f32");
  }
  if (reason.empty()) {
    reason =
        too_many(verdict.wide, "could be any of more than 4 neighbouring values",
                 "choose a fill with exact sums, a smaller k, or state the variant's numerics more closely");
  }
  return reason;
}

}  // namespace

void conclude(Verdict& verdict, OutputType type) {
  verdict.status = Status::passed;
  verdict.reason.clear();
  if (verdict.checked == 0) return;
  if (verdict.mismatches > 0) {
    verdict.status = Status::failed;
    verdict.reason = why_failed(verdict, type);
    return;
  }
  verdict.reason = why_mistrusted(verdict);
  if (!verdict.reason.empty()) verdict.status = Status::mistrusted;
}

}  // namespace nvfp4bench::validate
