// What one measured call yields.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/board_state.hpp"

namespace nvfp4bench::place {

struct PhaseTime {
  std::string name;
  double seconds = 0;
};

/// Adds to the phase of that name, which comes last if it is new.
void add_phase(std::vector<PhaseTime>& phases, std::string_view name, double seconds);

/// What clocks other than the one that gave Sample::seconds say of a call, seconds.
struct OtherClocks {
  /// Host clock, from the moment the device was let go until it was seen to be done.
  double host_s = 0;
  /// The device's nanosecond clock, read just before and just after.
  double device_s = 0;
  /// Host clock, from being seen to be done until the whole device was idle.
  double tail_s = 0;
};

/// Phases are in order of first appearance; one that ends several times in a call (once a group, say) is
/// summed. A method that cannot see phases has none.
struct Sample {
  double seconds = 0;
  std::vector<PhaseTime> phases;
  std::optional<OtherClocks> clocks;
  /// How long the request took that made a call in another process, by the clock of the process that asked, with all
  /// that was done around the call.
  std::optional<double> outside_s = {};
  BoardState board;
};

}  // namespace nvfp4bench::place
