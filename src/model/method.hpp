// The ways in which a call is measured.
#pragma once

#include <array>
#include <string_view>

namespace nvfp4bench {

/// Cold: nothing of the operands is in the device's L2. Warm: the same call came just before. Graph: the call
/// was captured once into a CUDA graph, whose launch is measured. Rotated: the graph holds many calls, each on
/// another copy of the operands than the one before (place/rotation.hpp).
enum class Method { wall, cold_graph, cold_stream, warm_graph, warm_stream, rotated_graph };

inline constexpr std::array kMethods{Method::wall,       Method::cold_graph,  Method::cold_stream,
                                     Method::warm_graph, Method::warm_stream, Method::rotated_graph};

/// Whether the same call must come just before.
constexpr bool is_warm(Method method) { return method == Method::warm_graph || method == Method::warm_stream; }

constexpr std::string_view to_string(Method method) {
  switch (method) {
    case Method::wall:
      return "wall";
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

/// What a method is to a reader. All but the wall clock give GPU time.
constexpr std::string_view title_of(Method method) {
  switch (method) {
    case Method::wall:
      return "wall clock";
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
