// libFuzzer entry of the problem set parser: cmake --preset sanitize, then
//   mkdir -p corpus && build-sanitize/tests/fuzz_problem_set -max_len=4096 corpus configs
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/invariants.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (!nvfp4bench::config::broken_invariant(text).empty()) std::abort();
  return 0;
}
