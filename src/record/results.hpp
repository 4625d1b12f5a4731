// The complete results of a run as a JSON file: configs/schemas/result.schema.json.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "model/result.hpp"

namespace nvfp4bench::record {

std::string results_json(const RunResult& run);

/// What results_json wrote. Anything else, another schema_version among it, is a text::ConfigError of one line
/// that names `origin` and place. What follows from other fields is computed anew, not read.
RunResult parse_results(std::string_view json, std::string_view origin);
RunResult read_results(const std::filesystem::path& file);

}  // namespace nvfp4bench::record
