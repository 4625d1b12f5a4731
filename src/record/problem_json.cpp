#include "record/problem_json.hpp"

#include <utility>

namespace nvfp4bench::record {

using Json = nlohmann::ordered_json;

Json problem_json(const Problem& problem) {
  Json groups = Json::array();
  for (const Group& g : problem.groups) {
    Json group{{"m", g.m}, {"n", g.n}, {"k", g.k}, {"l", g.l}};
    if (g.alpha1) group["alpha1"] = *g.alpha1;
    if (g.alpha2) group["alpha2"] = *g.alpha2;
    groups.push_back(std::move(group));
  }
  Json json{{"name", problem.name}};
  if (!problem.description.empty()) json["description"] = problem.description;
  json["op"] = to_string(problem.op);
  json["output"] = to_string(problem.output);
  json["fill"] = problem.fill;
  json["seed"] = problem.seed;
  json["groups"] = std::move(groups);
  return json;
}

std::string json_text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace nvfp4bench::record
