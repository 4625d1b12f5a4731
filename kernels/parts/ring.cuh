// A ring of shared-memory slots between producers and consumers: a full and an empty barrier a slot.
#pragma once

#include <cstdint>

#include "kernels/ptx/mbarrier.cuh"

namespace nvfp4bench::kernels::parts {

/// The barriers of a ring, and one side's place in it. Both sides walk the slots in the same order.
struct Ring {
  ptx::SharedAddress full = 0;   // [slots] barriers: a producer's bytes have landed
  ptx::SharedAddress empty = 0;  // [slots] barriers: every consumer has let go
  uint32_t slots = 0;
  uint32_t slot = 0;
  uint32_t parity = 0;

  /// One thread, before anyone uses the ring. A producer arrives once a slot, consumers `consumers` times.
  NVFP4BENCH_DEVICE void init(uint32_t consumers) const {
    for (uint32_t i = 0; i < slots; ++i) {
      ptx::barrier_init(full + i * ptx::kBarrierBytes, 1);
      ptx::barrier_init(empty + i * ptx::kBarrierBytes, consumers);
    }
  }

  NVFP4BENCH_DEVICE ptx::SharedAddress full_barrier() const { return full + slot * ptx::kBarrierBytes; }

  /// Producer: waits until the slot is free, announces `bytes`. The first round finds every slot free.
  NVFP4BENCH_DEVICE void acquire(uint32_t bytes) const {
    ptx::barrier_wait(empty + slot * ptx::kBarrierBytes, parity ^ 1);
    ptx::barrier_arrive_expect_bytes(full_barrier(), bytes);
  }

  /// Consumer: waits until the slot's bytes are there.
  NVFP4BENCH_DEVICE void wait() const { ptx::barrier_wait(full_barrier(), parity); }

  /// Consumer: whether they are, without waiting.
  NVFP4BENCH_DEVICE bool ready() const { return ptx::barrier_test(full_barrier(), parity); }

  /// Consumer: one of the arrivals that free this slot, or the one before it.
  NVFP4BENCH_DEVICE void release() const { ptx::barrier_arrive(empty + slot * ptx::kBarrierBytes); }
  NVFP4BENCH_DEVICE void release_previous() const {
    ptx::barrier_arrive(empty + (slot == 0 ? slots - 1 : slot - 1) * ptx::kBarrierBytes);
  }

  NVFP4BENCH_DEVICE void advance() {
    if (++slot == slots) {
      slot = 0;
      parity ^= 1;
    }
  }
};

}  // namespace nvfp4bench::kernels::parts
