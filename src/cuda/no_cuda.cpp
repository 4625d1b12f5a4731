// Stands in for the rest of this folder in a build without CUDA.
#include "cuda/discovery.hpp"

namespace nvfp4bench::cuda {

Discovery discover() { return {{}, "this nvfp4bench was built without CUDA"}; }

}  // namespace nvfp4bench::cuda
