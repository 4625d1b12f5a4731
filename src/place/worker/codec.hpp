// What crosses between the tool and a worker, as JSON values. Each decode takes what its encode made.
#pragma once

#include <nlohmann/json.hpp>

#include "kernels/variant.hpp"
#include "model/views.hpp"
#include "place/place.hpp"

namespace nvfp4bench::place::codec {

using Json = nlohmann::json;

Json encode(const kernels::Machine& machine);
Json encode(const Facts& facts);
Json encode(const Sample& sample);
Json encode(std::span<const data::Piece> pieces);
/// Sizes and factors; pointers stay where they are.
Json encode(const ProblemView& view);

kernels::Machine decode_machine(const Json& json);
Facts decode_facts(const Json& json);
Sample decode_sample(const Json& json);
std::vector<data::Piece> decode_pieces(const Json& json);
/// All pointers null.
ProblemView decode_view(const Json& json);

/// An exception: its text, and its kind as far as callers tell kinds apart.
Json encode_error(const std::exception_ptr& error);
[[noreturn]] void rethrow(const Json& error);

}  // namespace nvfp4bench::place::codec
