// One cuBLASLt product a group: what a library gives for the single GEMM.
#include "kernels/cublaslt/baseline.hpp"

namespace nvfp4bench::kernels::cublaslt {
namespace {

class Gemm : public Baseline {
 public:
  Gemm(const ProblemView& problem, const Machine& machine) : Baseline(machine) {
    for (const GroupView& g : problem.groups) {
      const PreparedMatrix& a = add_matrix({g.a});
      const PreparedMatrix& b = add_matrix({g.b1});
      const int64_t matrix_bytes = g.m() * g.n() * bytes_per_element(problem.output);
      for (int64_t l = 0; l < g.l(); ++l)
        plan(pass_, a, b, l, g.k(), g.alpha1, problem.output, static_cast<uint8_t*>(g.c) + l * matrix_bytes);
    }
  }

  void run(RunContext& context) override { Baseline::run(pass_, context.stream); }

 private:
  Pass pass_;
};

}  // namespace

extern const Variant gemm{
    .name = "cublaslt/gemm",
    .summary =
        "cuBLASLt, one product a group; fp16 operands dequantised beforehand where there is no FP4 unit",
    .op = Op::gemm,
    .on_gpu = true,
    .numerics = kNumerics,
    .prepares_tokens = true,
    .structure = {.launches = 1},
    .why_not = why_not,
    .bind = [](const Variant&, const ProblemView& problem, const Machine& machine)
        -> std::unique_ptr<Kernel> { return std::make_unique<Gemm>(problem, machine); },
};

}  // namespace nvfp4bench::kernels::cublaslt
