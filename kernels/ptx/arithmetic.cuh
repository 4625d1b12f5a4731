// Arithmetic that C++ cannot name: packed halves, byte permutes, approximate functions. Any thread, no
// memory.
#pragma once

#include <cstdint>

#include "kernels/ptx/device.cuh"

namespace nvfp4bench::ptx {

/// lop3 (PTX ISA 9.7.8.6): (a & b) | c.
NVFP4BENCH_DEVICE uint32_t and_or(uint32_t a, uint32_t b, uint32_t c);

/// prmt (9.7.9.7): nibble i of the selector picks byte i of the result from the bytes 0-3 of a and 4-7 of b.
NVFP4BENCH_DEVICE uint32_t permute_bytes(uint32_t a, uint32_t b, uint32_t selector);

/// mad.lo (9.7.1.4): a * b in 32 bits. Kept apart from `*` because a multiplier that the compiler cannot see
/// keeps this off the pipe that shifts and logic run on.
NVFP4BENCH_DEVICE uint32_t multiply_low(uint32_t a, uint32_t b);

/// mul.f16x2 (9.7.4.3), round to nearest, subnormals kept.
NVFP4BENCH_DEVICE uint32_t multiply_f16x2(uint32_t a, uint32_t b);

/// The low (high) half of a pair in both halves.
NVFP4BENCH_DEVICE uint32_t low_half_twice(uint32_t a);
NVFP4BENCH_DEVICE uint32_t high_half_twice(uint32_t a);

/// cvt.rn.f16x2.e4m3x2 (9.7.9.21), exact: the E4M3 values in the low (high) two bytes of a; NaN stays NaN.
NVFP4BENCH_DEVICE uint32_t f16x2_from_low_e4m3x2(uint32_t a);
NVFP4BENCH_DEVICE uint32_t f16x2_from_high_e4m3x2(uint32_t a);

/// cvt.rn.{f16,bf16}x2.f32 (9.7.9.21): two fp32, each rounded to nearest even; overflow gives infinity.
NVFP4BENCH_DEVICE uint32_t f16x2_from_f32(float low, float high);
NVFP4BENCH_DEVICE uint32_t bf16x2_from_f32(float low, float high);

/// ex2.approx.ftz.f32 (9.7.3.21): 2^x, 2 ulp; subnormal arguments and results are taken for 0.
NVFP4BENCH_DEVICE float exp2_approx(float x);

/// rcp.approx.ftz.f32 (9.7.3.13): 1/x, 1 ulp; 0 where that is subnormal, and for infinity.
NVFP4BENCH_DEVICE float reciprocal_approx(float x);

}  // namespace nvfp4bench::ptx

#ifdef __CUDACC__
#include "kernels/ptx/inline/arithmetic.cuh"
#endif
