// kernels/ptx/bulk_copy.cuh in inline PTX.
#pragma once

#include "kernels/ptx/bulk_copy.cuh"

namespace nvfp4bench::ptx {

NVFP4BENCH_DEVICE void copy_bulk(SharedAddress to, const void* from, uint32_t bytes, SharedAddress barrier) {
  asm volatile(
      "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(to),
      "l"(from), "r"(bytes), "r"(barrier)
      : "memory");
}

NVFP4BENCH_DEVICE void acquire_tensor_map(const void* map) {
  asm volatile("fence.proxy.tensormap::generic.acquire.sys [%0], 128;" ::"l"(map) : "memory");
}

NVFP4BENCH_DEVICE void copy_tensor(SharedAddress to, const void* map, uint32_t x, uint32_t y, uint32_t z,
                                   SharedAddress barrier) {
  asm volatile(
      "cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3, %4}], "
      "[%5];" ::"r"(to),
      "l"(map), "r"(x), "r"(y), "r"(z), "r"(barrier)
      : "memory");
}

}  // namespace nvfp4bench::ptx
