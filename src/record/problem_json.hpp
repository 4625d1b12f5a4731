// A problem in the spelling of a problem set file, so that it can be pasted into one.
#pragma once

#include <nlohmann/json.hpp>

#include "model/problem.hpp"

namespace nvfp4bench::record {

nlohmann::ordered_json problem_json(const Problem& problem);

/// Indented text. Bytes that are not UTF-8 (a command line may hold any) become U+FFFD.
std::string json_text(const nlohmann::ordered_json& json);

}  // namespace nvfp4bench::record
