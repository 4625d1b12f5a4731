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

}  // namespace

std::vector<const kernels::Variant*> select_variants(std::span<const kernels::Variant* const> all,
                                                     const std::vector<std::string>& globs, bool gpu,
                                                     std::vector<std::string>& warnings) {
  std::vector<std::string_view> names;
  for (const kernels::Variant* variant : all) names.push_back(variant->name);

  for (const std::string& glob : globs) {
    if (std::any_of(names.begin(), names.end(), [&](std::string_view name) { return matches(glob, name); }))
      continue;
    if (glob.find_first_of("*?[") == std::string::npos)
      throw UsageError(
          fmt::format("--variants: there is no variant '{}'{}; `nvfp4bench list variants` shows all", glob,
                      text::did_you_mean(glob, names)));
    warnings.push_back(fmt::format("--variants: '{}' matches no variant", glob));
  }

  std::vector<const kernels::Variant*> selected;
  for (const kernels::Variant* variant : all) {
    const auto wanted = [&](const std::string& glob) { return matches(glob, variant->name); };
    const bool select =
        globs.empty() ? variant->on_gpu == gpu : std::any_of(globs.begin(), globs.end(), wanted);
    if (select) selected.push_back(variant);
  }
  return selected;
}

std::vector<Problem> load_problems(const ProblemOptions& options) {
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
      problems.push_back(std::move(problem));
    }
  }
  return problems;
}

}  // namespace nvfp4bench::cli
