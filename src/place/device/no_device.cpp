// Stands in for this folder in a build without CUDA.
#include <stdexcept>

#include "place/device_place.hpp"

namespace nvfp4bench::place {

std::unique_ptr<Place> open_device(const kernels::Machine&) {
  throw std::runtime_error("this nvfp4bench was built without CUDA");
}

}  // namespace nvfp4bench::place
