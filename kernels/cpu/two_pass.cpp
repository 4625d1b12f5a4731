// The obvious way: call the GEMM twice, into fp32 temporaries, then fuse them in a third pass. It unpacks and
// reads every a twice, and writes and reads 8 bytes an output element and product that the fused variants
// keep in the cache.
#include "kernels/cpu/gemm.hpp"
#include "kernels/cpu/tiling.hpp"
#include "model/phase.hpp"

namespace nvfp4bench::kernels::cpu {
namespace {

class TwoPass : public Kernel {
 public:
  TwoPass(const ProblemView& problem, const Machine& machine) : problem_(problem), gemm_(problem, machine) {
    for (const GroupView& group : problem.groups) {
      const int64_t bytes = group.m() * group.n() * group.l() * static_cast<int64_t>(sizeof(float));
      gate_.emplace_back(bytes);
      up_.emplace_back(bytes);
    }
    gate_gemm_ = single_product(gate_);
    up_gemm_ = single_product(up_);
    for (size_t g = 0; g < problem.groups.size(); ++g) {
      up_gemm_.groups[g].b1 = problem.groups[g].b2;
      up_gemm_.groups[g].alpha1 = problem.groups[g].alpha2;
    }
  }

  int64_t workspace_bytes() const override {
    int64_t bytes = gemm_.workspace_bytes();
    for (size_t g = 0; g < gate_.size(); ++g) bytes += gate_[g].bytes() + up_[g].bytes();
    return bytes;
  }

  void run(RunContext& context) override {
    gemm_.run(gate_gemm_);
    context.phases.end_phase(phase::kPass1);
    gemm_.run(up_gemm_);
    context.phases.end_phase(phase::kPass2);
    fuse();
    context.phases.end_phase(phase::kFusion);
  }

 private:
  ProblemView single_product(std::vector<CacheLines>& temporaries) const {
    ProblemView single = problem_;
    single.op = Op::gemm;
    single.output = OutputType::f32;
    for (size_t g = 0; g < single.groups.size(); ++g) single.groups[g].c = temporaries[g].as<float>();
    return single;
  }

  void fuse() {
    Tiling& tiling = gemm_.tiling();
    tiling.for_each_tile([&](const Tile& tile, Scratch&) {
      const Output out = output_at(problem_, tile, 0, tile.num_columns);
      const auto sums_at = [&](const ProblemView& single) {
        return Sums{reinterpret_cast<const float*>(output_at(single, tile, 0, tile.num_columns).data)};
      };
      tiling.engine().store_silu_mul(sums_at(gate_gemm_), sums_at(up_gemm_), out.stride, tile.num_rows, out);
    });
  }

  ProblemView problem_;
  Gemm gemm_;
  std::vector<CacheLines> gate_;  // alpha1 acc1 of each group, [l][m][n]
  std::vector<CacheLines> up_;    // alpha2 acc2
  ProblemView gate_gemm_;
  ProblemView up_gemm_;
};

std::unique_ptr<Kernel> bind(const Variant&, const ProblemView& problem, const Machine& machine) {
  return std::make_unique<TwoPass>(problem, machine);
}

}  // namespace

extern const Variant two_pass{.name = "cpu/two_pass",
                              .summary = "gemm twice into fp32 temporaries, then silu-mul",
                              .op = Op::dual_gemm_silu,
                              .numerics = kNumerics,
                              .structure = {.launches = 3, .passes_over_a = 2, .fp32_temporaries = true},
                              .why_not = why_not,
                              .bind = bind};

}  // namespace nvfp4bench::kernels::cpu
