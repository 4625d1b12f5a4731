// Calls on one copy of the operands after the other, like those of a serving loop that never finds its
// operands in the L2.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "kernels/variant.hpp"
#include "place/kernel_stage.hpp"
#include "place/stopwatch.hpp"

namespace nvfp4bench::place {

/// How many copies of the operands to rotate, the original included: three times the L2 in all where eight
/// copies are enough for that, and never fewer than two. 1, and nothing to rotate, if eight are so small that
/// a call could still find its operands in the L2 after calls on all the others.
int64_t copies_to_rotate(int64_t operand_bytes, int64_t l2_bytes);

/// A kernel and its twins, bound to copies of its operands. One sample covers many calls, so no result is
/// ever compared by it: a kernel could do nothing in all calls but the last, and seem many times as fast.
/// (One in GPU MODE's NVFP4 grouped GEMM contest did.) All calls write the same output, and what the last of
/// them leaves there is checked; which one is last, no kernel can know.
class Rotation {
 public:
  /// `kernel` is bound to the operands of `stage` themselves.
  Rotation(KernelStage& stage, kernels::Kernel& kernel)
      : stage_(stage), kernel_(kernel), random_(std::random_device{}()) {}

  /// Binds a twin to every copy, weights prepared. A call is expected to take `call_s`. Throws where memory is
  /// short; what it had made by then stays until this ends.
  void bind(const kernels::Variant& variant, double call_s);
  /// Of the twins, again.
  void prepare_weights();

  /// Calls all of them in an order drawn anew, round after round; the time is that of one call.
  Sample measure();

 private:
  KernelStage& stage_;
  kernels::Kernel& kernel_;
  std::mt19937_64 random_;
  OperandCopies copies_;
  std::vector<std::unique_ptr<kernels::Kernel>> twins_;
  std::vector<kernels::Kernel*> order_;
  std::unique_ptr<Stopwatch> stopwatch_;  // may hold a graph of the kernels: ends before them
  int rounds_ = 1;
};

}  // namespace nvfp4bench::place
