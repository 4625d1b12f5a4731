// The place that a GPU is. Free of CUDA headers.
#pragma once

#include <memory>

#include "place/place.hpp"

namespace nvfp4bench::place {

/// `machine` has a GPU and outlives the place. Throws if that cannot be used; built without CUDA, it always
/// does.
std::unique_ptr<Place> open_device(const kernels::Machine& machine);

}  // namespace nvfp4bench::place
