// How the host starts kernels.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

struct CUstream_st;  // cudaStream_t, without the CUDA headers

namespace nvfp4bench::ptx {

struct Launch {
  uint32_t blocks_x = 1;
  uint32_t blocks_y = 1;
  /// Of a block.
  uint32_t threads = 1;
  /// Dynamic shared memory of a block.
  uint32_t shared_bytes = 0;
  /// All blocks are on the GPU together; an error if they do not fit.
  bool cooperative = false;
};

/// Enqueues `kernel`. Throws cuda::Error; `what` completes its "while ...".
template <class... Parameters>
void launch(void (*kernel)(Parameters...), const Launch& how, CUstream_st* stream, std::string_view what,
            std::type_identity_t<Parameters>... parameters);

/// Lets launches of `kernel` on the current device ask for so much dynamic shared memory; they must not ask
/// for more than 48 KiB before. Throws cuda::Error.
template <class... Parameters>
void allow_shared_bytes(void (*kernel)(Parameters...), uint32_t bytes, std::string_view what);

}  // namespace nvfp4bench::ptx

#ifdef __CUDACC__
#include "kernels/ptx/inline/launch.hpp"
#endif
