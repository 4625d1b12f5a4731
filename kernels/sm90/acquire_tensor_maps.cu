// New tensor maps and the copy engines that may remember old ones.
#include "cuda/check.hpp"
#include "kernels/ptx/bulk_copy.cuh"
#include "kernels/sm90/cooperative.hpp"
#include "kernels/sm90/launch.hpp"

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
  cuda::check(cudaFuncSetAttribute(acquire, cudaFuncAttributeMaxDynamicSharedMemorySize, kSharedBytes),
              "raising the shared memory limit of the tensor maps' kernel");
  // All at once, and each with the whole shared memory of an SM: one block on every SM.
  launch_cooperative(acquire, num_sms, kThreads, kSharedBytes, stream, "launching the tensor maps' kernel",
                     products, num_products);
}

}  // namespace nvfp4bench::kernels::sm90
