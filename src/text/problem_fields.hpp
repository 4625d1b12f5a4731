// What every reader of problems reads in the same way: problem sets, the index of a dump.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <fmt/format.h>

#include "model/problem.hpp"
#include "text/strict_json.hpp"

namespace nvfp4bench::text {

inline constexpr std::size_t kMaxNameLength = 100;
inline constexpr std::size_t kMaxDescriptionLength = 1000;

/// The value spelled as to_string spells it.
template <class Enum>
Enum parse_enum(const Node& node, std::span<const Enum> values) {
  std::string expected;
  for (const Enum value : values) {
    if (*node.value == to_string(value)) return value;
    expected += fmt::format("{}\"{}\"", expected.empty() ? "" : " or ", to_string(value));
  }
  node.fail_expected(expected);
}

float parse_alpha(const Node& node);

/// Sets those of name, description, op, output, seed and pad_scales that `node`, an object, has. Throws ConfigError.
void parse_problem_fields(const Node& node, Problem& problem);

}  // namespace nvfp4bench::text
