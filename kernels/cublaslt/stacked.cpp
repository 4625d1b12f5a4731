// One cuBLASLt product a group on [b1; b2], then a fusion kernel: the strongest easy peer.
#include "kernels/cublaslt/baseline.hpp"
#include "kernels/parts/fuse_temporaries.hpp"
#include "model/phase.hpp"

namespace nvfp4bench::kernels::cublaslt {
namespace {

class Stacked : public Baseline {
 public:
  Stacked(const ProblemView& problem, const Machine& machine) : Baseline(machine) {
    std::vector<parts::FusionJob> jobs;
    for (const GroupView& g : problem.groups) {
      const PreparedMatrix& a = add_matrix({g.a});
      const PreparedMatrix& b = add_matrix({g.b1, g.b2});
      for (int64_t l = 0; l < g.l(); ++l) {
        float* both = add_temporary(g.m() * 2 * g.n());  // [m][2n]
        plan(pass_, a, b, l, g.k(), 1, OutputType::f32, both);
        jobs.push_back(parts::fusion_job(g, l, problem.output, both, both + g.n(), 2 * g.n()));
      }
    }
    fusion_.emplace(jobs, problem.output);
  }

  void run(RunContext& context) override {
    Baseline::run(pass_, context.stream);
    context.phases.end_phase(phase::kStackedProduct);
    fusion_->run(context.stream);
    context.phases.end_phase(phase::kFusion);
  }

 private:
  Pass pass_;
  std::optional<parts::FuseTemporaries> fusion_;
};

/// Stacked FP4 operands need b2's scale tiles to start where b1's end.
std::string stacked_why_not(const Variant& self, const Problem& problem, const Machine& machine) {
  if (std::string reason = cublaslt::why_not(self, problem, machine); !reason.empty()) return reason;
  for (const Group& group : problem.groups)
    if (group.n % 128 != 0 && uses_fp4(machine))
      return "stacking FP4 operands needs n to be a multiple of 128";
  return "";
}

}  // namespace

extern const Variant stacked{
    .name = "cublaslt/stacked",
    .summary = "cuBLASLt, one product a group on [b1; b2] into fp32 temporaries, then a fused silu-mul",
    .op = Op::dual_gemm_silu,
    .on_gpu = true,
    .numerics = kNumerics,
    .prepares_tokens = true,
    .structure = {.launches = 2, .passes_over_a = 1, .fp32_temporaries = true},
    .why_not = stacked_why_not,
    .bind = [](const Variant&, const ProblemView& problem, const Machine& machine)
        -> std::unique_ptr<Kernel> { return std::make_unique<Stacked>(problem, machine); },
};

}  // namespace nvfp4bench::kernels::cublaslt
