#include "bench/context.hpp"

#include <exception>

namespace nvfp4bench::bench {

std::optional<Ceilings> Context::ceilings_again() {
  if (!host.limits.ceilings) return std::nullopt;
  step("measuring this machine's ceilings again");
  try {
    return host.place->facts(true).ceilings;
  } catch (const std::exception&) {
    return std::nullopt;  // the first must do
  }
}

void Context::raise_ceilings() {
  if (const std::optional<Ceilings> again = ceilings_again())
    host.limits.ceilings = result.machine = highest(*host.limits.ceilings, *again);
}

}  // namespace nvfp4bench::bench
