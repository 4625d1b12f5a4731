#include "text/problem_fields.hpp"

#include <cmath>
#include <optional>

namespace nvfp4bench::text {

float parse_alpha(const Node& node) {
  if (node.value->is_number()) {
    const double alpha = node.value->get<double>();
    if (std::abs(alpha) <= double{kMaxAlpha}) return static_cast<float>(alpha);
  }
  node.fail_expected("a number between -2^60 and 2^60");
}

void parse_problem_fields(const Node& node, Problem& problem) {
  if (node.has("name")) {
    problem.name = node["name"].text(kMaxNameLength);
    if (!is_problem_name(problem.name)) node["name"].fail_expected("a name that a folder can have");
  }
  if (node.has("description")) problem.description = node["description"].text(kMaxDescriptionLength);
  if (node.has("op")) problem.op = parse_enum<Op>(node["op"], kOps);
  if (node.has("output")) problem.output = parse_enum<OutputType>(node["output"], kOutputTypes);
  if (node.has("seed")) {
    const Node seed = node["seed"];
    const std::optional<uint64_t> value = seed.integer<uint64_t>();
    if (!value) seed.fail_expected("an integer between 0 and 2^64 - 1");
    problem.seed = *value;
  }
  if (node.has("pad_scales")) problem.pad_scales = parse_enum<PadScales>(node["pad_scales"], kPadScales);
}

}  // namespace nvfp4bench::text
