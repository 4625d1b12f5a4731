#include "record/problem_json.hpp"

namespace nvfp4bench::record {

using Json = nlohmann::ordered_json;

Json problem_json(const Problem& problem) { return ObjectWriter::json_of(problem); }

std::string json_text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace nvfp4bench::record
