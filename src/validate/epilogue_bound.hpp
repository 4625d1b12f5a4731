// From two bounded accumulators to one bounded output: the exact value y, and how far the number that a
// variant rounds to the output type may be from it.
#pragma once

#include <cstdint>

#include "model/numerics.hpp"
#include "model/problem.hpp"

namespace nvfp4bench::validate {

/// An accumulator in units of 2^-20: the exact sum, and how far the computed one may be from it.
struct Accumulated {
  int64_t sum = 0;
  double error = 0;
};

/// What makes an output of two accumulators.
struct Epilogue {
  Op op = Op::dual_gemm_silu;
  OutputType output = OutputType::f16;
  SiluTier silu = SiluTier::approx;
  float alpha1 = 1;
  float alpha2 = 1;
};

/// A variant rounds some number in [y - error, y + error] to the output type, once.
struct Bounded {
  double y = 0;
  double error = 0;
};

/// y alone: silu(alpha1 acc1) (alpha2 acc2), or alpha1 acc1 for op gemm.
double exact_output(const Epilogue& epilogue, int64_t sum1, int64_t sum2);

/// acc2 is not looked at for op gemm.
Bounded bound_output(const Epilogue& epilogue, const Accumulated& acc1, const Accumulated& acc2);

}  // namespace nvfp4bench::validate
