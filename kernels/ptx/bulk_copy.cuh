// The copy engine (TMA): asynchronous copies from global to shared memory that report to an mbarrier.
// One thread issues a copy; its writes are ordered for whoever waits on the barrier, with no further fence.
#pragma once

#include <cstdint>

#include "kernels/ptx/mbarrier.cuh"

namespace nvfp4bench::ptx {

/// cp.async.bulk (PTX ISA 9.7.9.25.4.1): `bytes` contiguous bytes; both addresses and the size in units
/// of 16.
NVFP4BENCH_DEVICE void copy_bulk(SharedAddress to, const void* from, uint32_t bytes, SharedAddress barrier) {
  asm volatile(
      "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(to),
      "l"(from), "r"(bytes), "r"(barrier)
      : "memory");
}

/// cp.async.bulk.tensor.3d (9.7.9.25.5.2): the map's box at (x, y, z), zero where it leaves the tensor. `map`
/// is a CUtensorMap in global, constant or parameter memory. Announce the whole box, tail or not.
NVFP4BENCH_DEVICE void copy_tensor(SharedAddress to, const void* map, uint32_t x, uint32_t y, uint32_t z,
                                   SharedAddress barrier) {
  asm volatile(
      "cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3, %4}], "
      "[%5];" ::"r"(to),
      "l"(map), "r"(x), "r"(y), "r"(z), "r"(barrier)
      : "memory");
}

}  // namespace nvfp4bench::ptx
