// Stands in for the device_* files in a build without CUDA.
#include <stdexcept>

#include "bench/gpu.hpp"

namespace nvfp4bench::bench {

std::unique_ptr<Gpu> open_gpu(const Device&) {
  throw std::runtime_error("this nvfp4bench was built without CUDA");
}

}  // namespace nvfp4bench::bench
