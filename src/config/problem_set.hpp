// Problem sets: JSON files to validated problems.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/problem.hpp"

namespace nvfp4bench::config {

/// Parses one problem set. `origin` names it in messages (a file name). Throws text::ConfigError.
std::vector<Problem> parse_problem_set(std::string_view json, const std::string& origin);

/// Reads and parses a file. Problems without a name are named after the file.
std::vector<Problem> load_problem_set(const std::filesystem::path& path);

}  // namespace nvfp4bench::config
