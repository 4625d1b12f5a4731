// Global memory: loads and stores, and flags by which blocks of one grid tell each other of their writes.
#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/ptx/device.cuh"

namespace nvfp4bench::ptx {

/// ld.global (PTX ISA 9.7.9.8), any thread, naturally aligned: one access where T has 1, 2, 4, 8 or 16 bytes
/// and is aligned to them; a larger T takes several. What others write meanwhile is seen through the flags
/// below alone.
template <class T>
NVFP4BENCH_DEVICE T load_global(const T* from);

/// st.global (9.7.9.11), likewise.
template <class T>
NVFP4BENCH_DEVICE void store_global(T* to, const std::type_identity_t<T>& value);

/// ld.volatile and st.volatile (9.7.9.8, 9.7.9.11), any thread, naturally aligned, T of 4 or 8 bytes: memory
/// that the host reads and writes meanwhile. Never left out, never exchanged with one another.
template <class T>
NVFP4BENCH_DEVICE T load_volatile(const volatile T* from);
template <class T>
NVFP4BENCH_DEVICE void store_volatile(volatile T* to, std::type_identity_t<T> value);

/// red.release.gpu.add (PTX ISA 9.7.13.8), one thread: adds after everything before it, of this thread and of
/// those that a barrier ordered before it.
NVFP4BENCH_DEVICE void add_release(uint32_t* flag, uint32_t value);

/// atom.acq_rel.gpu.add (9.7.13.7), one thread: the value before.
NVFP4BENCH_DEVICE uint32_t fetch_add(uint32_t* flag, uint32_t value);

/// ld.acquire.gpu (9.7.9.8), any thread: what other threads did before they released the value is visible.
NVFP4BENCH_DEVICE uint32_t load_acquire(const uint32_t* flag);

/// fence.proxy.async.global (9.7.13.4): orders ordinary accesses of global memory, this thread's own and
/// those it has acquired, against accesses of the copy engine. Before the release by whoever wrote, and after
/// the acquire by whoever copies.
NVFP4BENCH_DEVICE void fence_proxy_async_global();

}  // namespace nvfp4bench::ptx

#ifdef __CUDACC__
#include "kernels/ptx/inline/global.cuh"
#endif
