#include "place/sample.hpp"

#include <algorithm>

namespace nvfp4bench::place {

void add_phase(std::vector<PhaseTime>& phases, std::string_view name, double seconds) {
  auto phase =
      std::find_if(phases.begin(), phases.end(), [&](const PhaseTime& known) { return known.name == name; });
  if (phase == phases.end()) phase = phases.insert(phase, PhaseTime{std::string(name)});
  phase->seconds += seconds;
}

}  // namespace nvfp4bench::place
