// cuBLASLt twice into fp32 temporaries, then a fusion kernel.
#include "kernels/cublaslt/baseline.hpp"
#include "kernels/parts/fuse_temporaries.hpp"
#include "model/phase.hpp"

namespace nvfp4bench::kernels::cublaslt {
namespace {

class TwoPass : public Baseline {
 public:
  TwoPass(const ProblemView& problem, const Machine& machine) : Baseline(machine) {
    std::vector<parts::FusionJob> jobs;
    for (const GroupView& g : problem.groups) {
      const PreparedMatrix& a = add_matrix({g.a});
      const PreparedMatrix& b1 = add_matrix({g.b1});
      const PreparedMatrix& b2 = add_matrix({g.b2});
      const int64_t elements = g.m() * g.n();
      for (int64_t l = 0; l < g.l(); ++l) {
        float* acc1 = add_temporary(elements);
        float* acc2 = add_temporary(elements);
        plan(pass1_, a, b1, l, g.k(), 1, OutputType::f32, acc1);
        plan(pass2_, a, b2, l, g.k(), 1, OutputType::f32, acc2);
        jobs.push_back(parts::fusion_job(g, l, problem.output, acc1, acc2, g.n()));
      }
    }
    fusion_.emplace(jobs, problem.output);
  }

  void run(RunContext& context) override {
    Baseline::run(pass1_, context.stream);
    context.phases.end_phase(phase::kPass1);
    Baseline::run(pass2_, context.stream);
    context.phases.end_phase(phase::kPass2);
    fusion_->run(context.stream);
    context.phases.end_phase(phase::kFusion);
  }

 private:
  Pass pass1_;
  Pass pass2_;
  std::optional<parts::FuseTemporaries> fusion_;
};

}  // namespace

extern const Variant two_pass{
    .name = "cublaslt/two_pass",
    .summary = "cuBLASLt twice into fp32 temporaries, then a fused silu-mul",
    .op = Op::dual_gemm_silu,
    .on_gpu = true,
    .numerics = kNumerics,
    .prepares_tokens = true,
    .structure = {.launches = 3, .passes_over_a = 2, .fp32_temporaries = true},
    .why_not = why_not,
    .bind = [](const Variant&, const ProblemView& problem, const Machine& machine)
        -> std::unique_ptr<Kernel> { return std::make_unique<TwoPass>(problem, machine); },
};

}  // namespace nvfp4bench::kernels::cublaslt
