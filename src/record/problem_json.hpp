// A problem in the spelling of a problem set file, so that it can be pasted into one.
#pragma once

#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "model/problem.hpp"
#include "model/work.hpp"
#include "record/json_object.hpp"

namespace nvfp4bench::record {

template <>
inline constexpr auto kAllOf<Op> = std::span(kOps);
template <>
inline constexpr auto kAllOf<OutputType> = std::span(kOutputTypes);
template <>
inline constexpr auto kAllOf<PadScales> = std::span(kPadScales);

void fields(auto& object, Is<Group> auto& g) {
  object.field("m", g.m);
  object.field("n", g.n);
  object.field("k", g.k);
  object.field("l", g.l);
  object.or_none("alpha1", g.alpha1);
  object.or_none("alpha2", g.alpha2);
  object.check("m", g.m >= 0, "a size");
  object.check("n", g.n >= 1, "a positive size");
  object.check("k", g.k >= kScaleBlock && g.k % kScaleBlock == 0 && g.k <= kMaxK, "a multiple of 16");
  object.check("l", g.l >= 1, "a positive size");
}

void fields(auto& object, Is<Problem> auto& problem) {
  object.field("name", problem.name);
  object.or_none("description", problem.description);
  object.field("op", problem.op);
  object.field("output", problem.output);
  object.field("fill", problem.fill);
  object.field("seed", problem.seed);
  object.or_none("pad_scales", problem.pad_scales, PadScales::zero);
  object.field("groups", problem.groups);
  object.check("name", is_problem_name(problem.name), "a name that a folder can have");
  object.check("groups", counts_fit(problem.groups), "sizes whose bytes and flops fit 64 bits");
}

nlohmann::ordered_json problem_json(const Problem& problem);

/// Indented text. Bytes that are not UTF-8 (a command line may hold any) become U+FFFD.
std::string json_text(const nlohmann::ordered_json& json);

}  // namespace nvfp4bench::record
