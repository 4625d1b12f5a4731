// kernels/ptx/global.cuh in inline PTX.
#pragma once

#include "kernels/ptx/global.cuh"

namespace nvfp4bench::ptx {

template <class T>
NVFP4BENCH_DEVICE T load_global(const T* from) {
  return *from;
}

template <class T>
NVFP4BENCH_DEVICE void store_global(T* to, const std::type_identity_t<T>& value) {
  *to = value;
}

template <class T>
NVFP4BENCH_DEVICE T load_volatile(const volatile T* from) {
  return *from;
}

template <class T>
NVFP4BENCH_DEVICE void store_volatile(volatile T* to, std::type_identity_t<T> value) {
  *to = value;
}

NVFP4BENCH_DEVICE void add_release(uint32_t* flag, uint32_t value) {
  asm volatile("red.release.gpu.global.add.u32 [%0], %1;" ::"l"(flag), "r"(value) : "memory");
}

NVFP4BENCH_DEVICE uint32_t fetch_add(uint32_t* flag, uint32_t value) {
  uint32_t before;
  asm volatile("atom.acq_rel.gpu.global.add.u32 %0, [%1], %2;"
               : "=r"(before)
               : "l"(flag), "r"(value)
               : "memory");
  return before;
}

NVFP4BENCH_DEVICE uint32_t load_acquire(const uint32_t* flag) {
  uint32_t value;
  asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(value) : "l"(flag) : "memory");
  return value;
}

NVFP4BENCH_DEVICE void fence_proxy_async_global() { asm volatile("fence.proxy.async.global;" ::: "memory"); }

}  // namespace nvfp4bench::ptx
