// One launch, one main loop: a panel of weights is one vector of columns of b1 and the same columns of b2, so
// every activation that is loaded multiplies both.
#include "kernels/cpu/tiling.hpp"

namespace nvfp4bench::kernels::cpu {
namespace {

class FusedInterleaved : public Kernel {
 public:
  FusedInterleaved(const ProblemView& problem, const Machine& machine)
      : problem_(problem), tiling_(problem, machine, 2) {}

  int64_t workspace_bytes() const override { return tiling_.workspace_bytes(); }

  void run(RunContext&) override {
    tiling_.for_each_unpacked_tile(problem_, [&](const Tile& tile, Scratch& scratch) {
      const Engine& engine = tiling_.engine();
      const GroupView& group = problem_.groups[tile.group];
      float* acc = scratch.acc.as<float>();

      list_weight_rows(engine, tile, group.b1, group.b2, scratch.weight_rows);
      multiply(engine, tile, scratch, acc);

      for (int64_t n = 0; n < tile.num_columns; n += engine.columns) {
        const float* panel = acc + 2 * n * tile.num_rows;
        engine.store_silu_mul({panel, group.alpha1}, {panel + engine.columns, group.alpha2},
                              2 * engine.columns, tile.num_rows,
                              output_at(problem_, tile, n, engine.columns));
      }
    });
  }

 private:
  ProblemView problem_;
  Tiling tiling_;
};

std::unique_ptr<Kernel> bind(const Variant&, const ProblemView& problem, const Machine& machine) {
  return std::make_unique<FusedInterleaved>(problem, machine);
}

}  // namespace

extern const Variant fused_interleaved{
    .name = "cpu/fused_interleaved",
    .summary = "one launch; each activation loaded once for both products",
    .op = Op::dual_gemm_silu,
    .numerics = kNumerics,
    .structure = {.launches = 1, .passes_over_a = 1, .fp32_temporaries = false},
    .why_not = why_not,
    .bind = bind};

}  // namespace nvfp4bench::kernels::cpu
