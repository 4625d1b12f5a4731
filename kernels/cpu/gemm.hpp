// One grouped GEMM, c = alpha1 a b1: the unit that cpu/two_pass calls twice.
#pragma once

#include "kernels/cpu/tiling.hpp"

namespace nvfp4bench::kernels::cpu {

class Gemm {
 public:
  Gemm(const ProblemView& shapes, const Machine& machine) : tiling_(shapes, machine, 1) {}

  Tiling& tiling() { return tiling_; }
  int64_t workspace_bytes() const { return tiling_.workspace_bytes(); }
  /// `problem` has the shapes that this was made for; b2 and alpha2 are not used.
  void run(const ProblemView& problem);

 private:
  Tiling tiling_;
};

}  // namespace nvfp4bench::kernels::cpu
