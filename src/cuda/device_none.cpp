// Stands in for device.cpp in a build without CUDA.
#include "cuda/device.hpp"

namespace nvfp4bench::cuda {

Discovery discover() { return {{}, "this nvfp4bench was built without CUDA"}; }

}  // namespace nvfp4bench::cuda
