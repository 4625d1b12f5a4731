// The host's memory, as the system counts it.
#pragma once

#include <cstdint>
#include <optional>

namespace nvfp4bench::place {

/// What can be allocated without swapping. Absent where the system does not say.
std::optional<int64_t> available_memory_bytes();

/// Lets this process allocate what is available now, and no more: an allocation beyond that fails, where
/// otherwise the system would choose a process to kill.
void limit_memory(int threads);

}  // namespace nvfp4bench::place
