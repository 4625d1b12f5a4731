// The ways in which a call is measured.
#pragma once

#include <array>
#include <string_view>

namespace nvfp4bench {

/// Cold: nothing of the operands is in the caches of the CPU, or in the device's L2. Warm: the same call came just
/// before. Wall: a CPU's call, by its clock. Graph: the call was captured once into a CUDA graph, whose launch is
/// measured. Rotated: the graph holds many calls, each on another copy of the operands than the one before
/// (place/rotation.hpp).
enum class Method { cold_wall, warm_wall, cold_graph, cold_stream, warm_graph, warm_stream, rotated_graph };

inline constexpr std::array kMethods{Method::cold_wall,    Method::warm_wall,  Method::cold_graph,
                                     Method::cold_stream,  Method::warm_graph, Method::warm_stream,
                                     Method::rotated_graph};

/// Whether the same call must come just before.
constexpr bool is_warm(Method method) {
  return method == Method::warm_wall || method == Method::warm_graph || method == Method::warm_stream;
}

constexpr std::string_view to_string(Method method) {
  switch (method) {
    case Method::cold_wall:
      return "cold_wall";
    case Method::warm_wall:
      return "warm_wall";
    case Method::cold_graph:
      return "cold_graph";
    case Method::cold_stream:
      return "cold_stream";
    case Method::warm_graph:
      return "warm_graph";
    case Method::warm_stream:
      return "warm_stream";
    case Method::rotated_graph:
      return "rotated_graph";
  }
  return "?";
}

/// What a method is to a reader.
constexpr std::string_view title_of(Method method) {
  switch (method) {
    case Method::cold_wall:
      return "cold caches";
    case Method::warm_wall:
      return "warm caches";
    case Method::cold_graph:
      return "cold L2, CUDA graph";
    case Method::cold_stream:
      return "cold L2, stream";
    case Method::warm_graph:
      return "warm L2, CUDA graph";
    case Method::warm_stream:
      return "warm L2, stream";
    case Method::rotated_graph:
      return "operands rotated";
  }
  return "?";
}

}  // namespace nvfp4bench
