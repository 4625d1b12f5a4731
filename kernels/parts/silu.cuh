// The epilogue's function: silu(gate) * up in fp32, with the hardware's approximate exponential and
// reciprocal.
#pragma once

#include "kernels/ptx/arithmetic.cuh"

namespace nvfp4bench::kernels::parts {

/// gate / (1 + e^-gate) * up: numerics tier kSiluApprox, which allows 0 where e^-gate exceeds 2^126.
NVFP4BENCH_DEVICE float silu_mul(float gate, float up) {
  constexpr float kLog2E = 1.44269504f;
  return gate * ptx::reciprocal_approx(1.0f + ptx::exp2_approx(-kLog2E * gate)) * up;
}

}  // namespace nvfp4bench::kernels::parts
