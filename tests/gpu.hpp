// Tests that need a GPU begin with need_gpu().
#pragma once

#include <string>

#include "catch.hpp"
#include "cuda/discovery.hpp"
#include "model/device.hpp"

namespace nvfp4bench::test {

/// The first GPU. Without one, or where its compute capability (10 major + minor) is not the one that is
/// asked for, the test is skipped.
inline Device need_gpu(int capability = 0) {
  const cuda::Discovery found = cuda::discover();
  if (found.devices.empty()) skip("needs a GPU: " + found.why_none);
  const Device& first = found.devices.front();
  if (capability != 0 && first.capability != capability)
    skip("needs a GPU of compute capability " + std::to_string(capability) + ", this one has " +
         std::to_string(first.capability));
  return first;
}

}  // namespace nvfp4bench::test
