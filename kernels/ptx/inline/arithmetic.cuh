// kernels/ptx/arithmetic.cuh in inline PTX.
#pragma once

#include "kernels/ptx/arithmetic.cuh"

namespace nvfp4bench::ptx {

NVFP4BENCH_DEVICE uint32_t and_or(uint32_t a, uint32_t b, uint32_t c) {
  uint32_t d;
  asm("lop3.b32 %0, %1, %2, %3, 0xEA;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
  return d;
}

NVFP4BENCH_DEVICE uint32_t permute_bytes(uint32_t a, uint32_t b, uint32_t selector) {
  uint32_t d;
  asm("prmt.b32 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(selector));
  return d;
}

NVFP4BENCH_DEVICE uint32_t multiply_low(uint32_t a, uint32_t b) {
  uint32_t d;
  asm("mad.lo.u32 %0, %1, %2, 0;" : "=r"(d) : "r"(a), "r"(b));
  return d;
}

NVFP4BENCH_DEVICE uint32_t multiply_f16x2(uint32_t a, uint32_t b) {
  uint32_t d;
  asm volatile("mul.rn.f16x2 %0, %1, %2;" : "=r"(d) : "r"(a), "r"(b));
  return d;
}

NVFP4BENCH_DEVICE uint32_t low_half_twice(uint32_t a) {
  uint32_t d;
  asm("{ .reg .b16 low, high; mov.b32 {low, high}, %1; mov.b32 %0, {low, low}; }" : "=r"(d) : "r"(a));
  return d;
}

NVFP4BENCH_DEVICE uint32_t high_half_twice(uint32_t a) {
  uint32_t d;
  asm("{ .reg .b16 low, high; mov.b32 {low, high}, %1; mov.b32 %0, {high, high}; }" : "=r"(d) : "r"(a));
  return d;
}

NVFP4BENCH_DEVICE uint32_t f16x2_from_low_e4m3x2(uint32_t a) {
  uint32_t d;
  asm("{ .reg .b16 low, high; mov.b32 {low, high}, %1; cvt.rn.f16x2.e4m3x2 %0, low; }" : "=r"(d) : "r"(a));
  return d;
}

NVFP4BENCH_DEVICE uint32_t f16x2_from_high_e4m3x2(uint32_t a) {
  uint32_t d;
  asm("{ .reg .b16 low, high; mov.b32 {low, high}, %1; cvt.rn.f16x2.e4m3x2 %0, high; }" : "=r"(d) : "r"(a));
  return d;
}

NVFP4BENCH_DEVICE uint32_t f16x2_from_f32(float low, float high) {
  uint32_t d;
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(d) : "f"(high), "f"(low));
  return d;
}

NVFP4BENCH_DEVICE uint32_t bf16x2_from_f32(float low, float high) {
  uint32_t d;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(d) : "f"(high), "f"(low));
  return d;
}

NVFP4BENCH_DEVICE float exp2_approx(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

NVFP4BENCH_DEVICE float reciprocal_approx(float x) {
  float y;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

}  // namespace nvfp4bench::ptx
