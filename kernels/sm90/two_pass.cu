// The gemm twice into fp32 temporaries, then a fusion kernel. The first launch expands the tokens for both.
#include <optional>
#include <vector>

#include "kernels/parts/fuse_temporaries.hpp"
#include "kernels/sm90/host/bound_gemm.hpp"
#include "kernels/sm90/host/numerics.hpp"
#include "model/phase.hpp"

namespace nvfp4bench::kernels::sm90 {
namespace {

constexpr ShapeName kShapes[] = {ShapeName::gemm};

class TwoPass final : public Kernel {
 public:
  TwoPass(const ProblemView& problem, const Machine& machine) {
    size_t elements = 0;
    for (const GroupView& g : problem.groups) elements += static_cast<size_t>(g.m() * g.n() * g.l());
    temporaries_ = cuda::DeviceBuffer(2 * elements * sizeof(float));

    ProblemView passes[2];
    std::vector<parts::FusionJob> jobs;
    float* acc1 = temporaries_.as<float>();
    float* acc2 = acc1 + elements;
    for (const GroupView& g : problem.groups) {
      const int64_t size = g.m() * g.n();
      passes[0].groups.push_back({.a = g.a, .b1 = g.b1, .b2 = {}, .c = acc1});
      passes[1].groups.push_back({.a = g.a, .b1 = g.b2, .b2 = {}, .c = acc2});
      for (int64_t l = 0; l < g.l(); ++l, acc1 += size, acc2 += size)
        jobs.push_back(parts::fusion_job(g, l, problem.output, acc1, acc2, g.n()));
    }
    for (ProblemView& pass : passes) {
      pass.op = Op::gemm;
      pass.output = OutputType::f32;
    }
    pass1_.emplace(passes[0], kShapes, machine);
    pass2_.emplace(passes[1], kShapes, machine, &*pass1_);
    fusion_.emplace(jobs, problem.output);
  }

  int64_t workspace_bytes() const override {
    return pass1_->workspace_bytes() + static_cast<int64_t>(temporaries_.bytes());
  }

  void run(RunContext& context) override {
    pass1_->run(context.stream);
    context.phases.end_phase(phase::kPass1);
    pass2_->run(context.stream);
    context.phases.end_phase(phase::kPass2);
    fusion_->run(context.stream);
    context.phases.end_phase(phase::kFusion);
  }

 private:
  cuda::DeviceBuffer temporaries_;
  std::optional<BoundGemm> pass1_;
  std::optional<BoundGemm> pass2_;
  std::optional<parts::FuseTemporaries> fusion_;
};

}  // namespace

extern const Variant two_pass;
const Variant two_pass{
    .name = "sm90/two_pass",
    .summary = "sm90/gemm twice into fp32 temporaries, then a fusion kernel",
    .op = Op::dual_gemm_silu,
    .on_gpu = true,
    .numerics = kNumerics,
    .structure = {.launches = 3, .passes_over_a = 2, .fp32_temporaries = true},
    .why_not = why_not,
    .bind = [](const Variant&, const ProblemView& problem, const Machine& machine)
        -> std::unique_ptr<Kernel> { return std::make_unique<TwoPass>(problem, machine); },
};

}  // namespace nvfp4bench::kernels::sm90
