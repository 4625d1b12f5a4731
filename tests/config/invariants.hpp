// What every parsed problem set satisfies, whatever the text was: shared by the mutation test and the fuzzer.
#pragma once

#include <cmath>
#include <set>
#include <string>
#include <string_view>

#include "config/problem_set.hpp"
#include "data/fill.hpp"
#include "model/work.hpp"
#include "text/config_error.hpp"

namespace nvfp4bench::config {

/// Empty if parsing `json` ends as it should: with valid problems, or with a ConfigError of one line. Else
/// what is wrong. Other exceptions pass.
inline std::string broken_invariant(std::string_view json) {
  std::vector<Problem> problems;
  try {
    problems = parse_problem_set(json, "set.json");
  } catch (const text::ConfigError& error) {
    const std::string_view what = error.what();
    if (!what.starts_with("set.json: ")) return "an error that does not name its file";
    for (const char c : what)
      if (c == '\n' || c == '\r') return "an error of several lines";
    return {};
  }
  if (problems.empty()) return "no problems";
  std::set<std::string> names;
  for (const Problem& problem : problems) {
    if (!is_problem_name(problem.name) || !names.insert(problem.name).second)
      return "names that are unfit or not unique";
    if (!data::find_fill(problem.fill)) return "an unknown fill";
    if (problem.groups.empty() || problem.groups.size() > 4096) return "a number of groups out of bounds";
    for (const Group& g : problem.groups) {
      if (g.m < 0 || g.n < 1 || g.l < 1) return "a size out of bounds";
      if (g.k < kScaleBlock || g.k > kMaxK || g.k % kScaleBlock != 0) return "a K out of bounds";
      for (const auto& alpha : {g.alpha1, g.alpha2})
        if (alpha && !(std::abs(*alpha) <= kMaxAlpha)) return "an alpha out of bounds";
    }
    const Work work = count_work(problem);
    if (work.flops < 0 || work.bytes() < 0 || memory_needed_bytes(problem, 1) <= 0) return "overflow";
  }
  return {};
}

}  // namespace nvfp4bench::config
