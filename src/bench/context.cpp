#include "bench/context.hpp"

#include <exception>

namespace nvfp4bench::bench {

void Context::measure_host_again() {
  if (!host.limits.ceilings) return;
  step("measuring this machine's ceilings again");
  try {
    const place::Facts facts = host.place->facts(true);
    if (facts.ceilings) host.limits.ceilings = highest(*host.limits.ceilings, *facts.ceilings);
  } catch (const std::exception&) {
    return;  // the first must do
  }
  result.machine = host.limits.ceilings;
}

}  // namespace nvfp4bench::bench
