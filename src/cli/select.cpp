#include "cli/select.hpp"

#include <algorithm>
#include <fnmatch.h>

#include <fmt/format.h>

#include "config/lookup.hpp"
#include "config/problem_set.hpp"
#include "data/fill.hpp"
#include "text/nearest.hpp"

namespace nvfp4bench::cli {
namespace {

bool matches(const std::string& glob, std::string_view name) {
  return fnmatch(glob.c_str(), std::string(name).c_str(), 0) == 0;
}

bool any_matches(const std::vector<std::string>& globs, std::string_view name) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return matches(glob, name); });
}

bool matches_any(const std::string& glob, const std::vector<std::string_view>& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return matches(glob, name); });
}

/// "a, b, c", cut short where a line would be too long to read.
std::string some_of(const std::vector<std::string_view>& names) {
  constexpr std::size_t kShown = 10;
  if (names.size() <= kShown) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{} and {} more", fmt::join(names.begin(), names.begin() + kShown, ", "),
                     names.size() - kShown);
}

void keep_problems(std::vector<Problem>& problems, const std::vector<std::string>& globs) {
  if (globs.empty()) return;
  std::vector<std::string_view> names;
  for (const Problem& problem : problems) names.push_back(problem.name);
  for (const std::string& glob : globs) {
    if (!matches_any(glob, names))
      throw UsageError(fmt::format("--problem: there is no problem '{}'{}; there are {}", glob,
                                   text::did_you_mean(glob, names), some_of(names)));
  }
  std::erase_if(problems, [&](const Problem& problem) { return !any_matches(globs, problem.name); });
}

void check_globs(std::string_view option, const std::vector<std::string>& globs,
                 const std::vector<std::string_view>& names, std::vector<std::string>& warnings) {
  for (const std::string& glob : globs) {
    if (matches_any(glob, names)) continue;
    if (glob.find_first_of("*?[") == std::string::npos)
      throw UsageError(fmt::format("{}: there is no variant '{}'{}; `nvfp4bench list variants` shows all",
                                   option, glob, text::did_you_mean(glob, names)));
    warnings.push_back(fmt::format("{}: '{}' matches no variant", option, glob));
  }
}

std::optional<PadScales> parse_pad_scales(const std::optional<std::string>& name) {
  if (!name) return std::nullopt;
  std::vector<std::string_view> names;
  for (const PadScales pad : kPadScales) {
    if (*name == to_string(pad)) return pad;
    names.push_back(to_string(pad));
  }
  throw UsageError(fmt::format("--pad-scales: expected {}, got '{}'{}", fmt::join(names, " or "), *name,
                               text::did_you_mean(*name, names)));
}

}  // namespace

std::vector<const kernels::Variant*> select_variants(std::span<const kernels::Variant* const> all,
                                                     const std::vector<std::string>& globs,
                                                     const std::vector<std::string>& excluded, bool gpu,
                                                     std::vector<std::string>& warnings) {
  std::vector<std::string_view> names;
  for (const kernels::Variant* variant : all) names.push_back(variant->name);
  check_globs("--variants", globs, names, warnings);
  check_globs("--exclude", excluded, names, warnings);

  std::vector<const kernels::Variant*> selected;
  for (const kernels::Variant* variant : all) {
    const bool wanted = globs.empty() ? variant->on_gpu == gpu : any_matches(globs, variant->name);
    if (wanted && !any_matches(excluded, variant->name)) selected.push_back(variant);
  }
  return selected;
}

std::vector<Problem> load_problems(const ProblemOptions& options) {
  const std::optional<PadScales> pad_scales = parse_pad_scales(options.pad_scales);
  if (options.fill && !data::find_fill(*options.fill)) {
    std::vector<std::string_view> names;
    for (const data::FillInfo& fill : data::fills()) names.push_back(fill.name);
    throw UsageError(fmt::format("--fill: there is no fill '{}'{}; the choices are {}", *options.fill,
                                 text::did_you_mean(*options.fill, names), fmt::join(names, ", ")));
  }
  std::vector<Problem> problems;
  for (const std::string& name : options.configs) {
    for (Problem& problem : config::load_problem_set(config::find_config(name))) {
      if (options.seed) problem.seed = *options.seed;
      if (options.fill) problem.fill = *options.fill;
      if (pad_scales) problem.pad_scales = *pad_scales;
      problems.push_back(std::move(problem));
    }
  }
  keep_problems(problems, options.names);
  return problems;
}

}  // namespace nvfp4bench::cli
