// A GPU, as plain data.
#pragma once

#include <cstdint>
#include <string>

namespace nvfp4bench {

struct Device {
  int ordinal = 0;
  std::string name;
  /// Compute capability, 10 * major + minor: 90 is Hopper, 100 is Blackwell.
  int capability = 0;
  int sm_count = 0;
  int64_t l2_bytes = 0;
  int64_t memory_bytes = 0;
  /// Largest dynamic shared memory that one block may opt in to.
  int64_t shared_bytes_per_block = 0;
  int driver_version = 0;  // as CUDA reports it: 13000 is 13.0
  int runtime_version = 0;

  bool operator==(const Device&) const = default;
};

}  // namespace nvfp4bench
