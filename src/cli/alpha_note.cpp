#include "cli/alpha_note.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "data/fill.hpp"

namespace nvfp4bench::cli {
namespace {

/// Beyond this ratio to the calibrated alpha, either way, a warning is due.
constexpr float kFar = 8;

/// "0.02", or "0.02 to 0.5".
std::string range(const std::vector<float>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return *low == *high ? fmt::format("{:.3g}", *low) : fmt::format("{:.3g} to {:.3g}", *low, *high);
}

/// Of all groups: what the config gives in place of what the fill has, and what stays with the fill.
struct Alphas {
  std::vector<float> given;
  std::vector<float> replaced;
  std::vector<float> filled;

  explicit Alphas(const Problem& problem, const data::FillInfo& fill) {
    for (const Group& group : problem.groups) {
      const float calibrated = fill.default_alpha(group.k);
      add(group.alpha1, calibrated);
      if (problem.op == Op::dual_gemm_silu) add(group.alpha2, calibrated);
    }
  }

  void add(const std::optional<float>& alpha, float calibrated) {
    if (alpha) {
      given.push_back(*alpha);
      replaced.push_back(calibrated);
    } else {
      filled.push_back(calibrated);
    }
  }
};

}  // namespace

std::string alpha_note(const Problem& problem) {
  const data::FillInfo* fill = data::find_fill(problem.fill);
  if (fill == nullptr || problem.groups.empty()) return "";
  const Alphas alphas(problem, *fill);
  std::string note;
  if (!alphas.filled.empty()) note = fmt::format("{}, as fill {} has it", range(alphas.filled), fill->name);
  if (!alphas.given.empty()) {
    note += fmt::format("{}{} as given, in place of {} as fill {} has it", note.empty() ? "" : "; ",
                        range(alphas.given), range(alphas.replaced), fill->name);
  }
  return note;
}

std::string alpha_warning(const Problem& problem) {
  if (problem.output != OutputType::f16) return "";  // the others have the range of fp32
  const data::FillInfo* fill = data::find_fill(problem.fill);
  if (fill == nullptr) return "";
  const Alphas alphas(problem, *fill);
  for (std::size_t i = 0; i < alphas.given.size(); ++i) {
    const float ratio = std::abs(alphas.given[i]) / alphas.replaced[i];
    if (alphas.replaced[i] == 1 || (ratio <= kFar && ratio >= 1 / kFar)) continue;
    return fmt::format(
        "{}: an alpha of {:.3g} replaces {:.3g}, to which fill {} calibrates: outputs may be mostly {}",
        problem.name, alphas.given[i], alphas.replaced[i], fill->name, ratio > 1 ? "saturated" : "zero");
  }
  return "";
}

}  // namespace nvfp4bench::cli
