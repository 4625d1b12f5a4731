// From names and globs to variants, and from config names to problems.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "kernels/variant.hpp"
#include "model/problem.hpp"

namespace nvfp4bench::cli {

/// The variants that any of `globs` and none of `excluded` matches, in registry order. Without globs, those of the GPU if there is
/// one, else those of the CPU: beside a GPU they would take most of the time and answer another question. A
/// name without wildcards that matches nothing is a UsageError with the nearest match; a glob that matches
/// nothing is said in `warnings`.
std::vector<const kernels::Variant*> select_variants(std::span<const kernels::Variant* const> all,
                                                     const std::vector<std::string>& globs,
                                                     const std::vector<std::string>& excluded, bool gpu,
                                                     std::vector<std::string>& warnings);

/// Finds, reads and checks the problem sets, keeps what --problem selects, in the order of the sets, and
/// applies --seed, --fill and --pad-scales. Throws text::ConfigError, and UsageError where a name or glob matches nothing:
/// unlike variants, problems do not depend on the build.
std::vector<Problem> load_problems(const ProblemOptions& options);

}  // namespace nvfp4bench::cli
