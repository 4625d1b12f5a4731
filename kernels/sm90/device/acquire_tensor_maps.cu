// New tensor maps and the copy engines that may remember old ones.
#include "kernels/ptx/bulk_copy.cuh"
#include "kernels/ptx/launch.hpp"
#include "kernels/sm90/device/launch.hpp"

namespace nvfp4bench::kernels::sm90 {
namespace {

constexpr uint32_t kThreads = 128;

NVFP4BENCH_KERNEL(kThreads) void acquire(const Product* products, uint32_t num_products) {
  for (uint32_t p = ptx::thread_idx(); p < num_products; p += kThreads) {
    for (uint32_t operand = 0; operand < 2; ++operand) {
      ptx::acquire_tensor_map(&products[p].codes[operand]);
      ptx::acquire_tensor_map(&products[p].scales[operand]);
    }
  }
}

}  // namespace

void acquire_tensor_maps(const Product* products, uint32_t num_products, uint32_t num_sms,
                         CUstream_st* stream) {
  ptx::allow_shared_bytes(acquire, kSharedBytes,
                          "raising the shared memory limit of the tensor maps' kernel");
  // All at once, and each with the whole shared memory of an SM: one block on every SM.
  ptx::launch(acquire,
              {.blocks_x = num_sms, .threads = kThreads, .shared_bytes = kSharedBytes, .cooperative = true},
              stream, "launching the tensor maps' kernel", products, num_products);
}

}  // namespace nvfp4bench::kernels::sm90
