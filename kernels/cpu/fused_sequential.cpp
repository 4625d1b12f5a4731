// One launch: for each tile of c the main loop over k runs for b1, then again for b2, and so reads the
// activations of the tile twice; both sums are fused while they are in the cache.
#include "kernels/cpu/tiling.hpp"

namespace nvfp4bench::kernels::cpu {
namespace {

class FusedSequential : public Kernel {
 public:
  FusedSequential(const ProblemView& problem, const Machine& machine)
      : problem_(problem), tiling_(problem, machine, 2) {}

  int64_t workspace_bytes() const override { return tiling_.workspace_bytes(); }

  void run(RunContext&) override {
    tiling_.for_each_unpacked_tile(problem_, [&](const Tile& tile, Scratch& scratch) {
      const Engine& engine = tiling_.engine();
      const GroupView& group = problem_.groups[tile.group];
      const int64_t panel_columns = 2 * engine.columns;

      list_weight_rows(engine, tile, group.b1, scratch.weight_rows);
      float* acc1 = scratch.acc.as<float>();
      float* acc2 = acc1 + static_cast<int64_t>(scratch.weight_rows.size()) * tile.num_rows;
      multiply(engine, tile, scratch, acc1);
      list_weight_rows(engine, tile, group.b2, scratch.weight_rows);
      multiply(engine, tile, scratch, acc2);

      for (int64_t n = 0; n < tile.num_columns; n += panel_columns) {
        engine.store_silu_mul({acc1 + n * tile.num_rows, group.alpha1},
                              {acc2 + n * tile.num_rows, group.alpha2}, panel_columns, tile.num_rows,
                              output_at(problem_, tile, n, panel_columns));
      }
    });
  }

 private:
  ProblemView problem_;
  Tiling tiling_;
};

std::unique_ptr<Kernel> bind(const Variant&, const ProblemView& problem, const Machine& machine) {
  return std::make_unique<FusedSequential>(problem, machine);
}

}  // namespace

extern const Variant fused_sequential{
    .name = "cpu/fused_sequential",
    .summary = "one launch; the main loop over k for b1, then again for b2",
    .op = Op::dual_gemm_silu,
    .numerics = kNumerics,
    .structure = {.launches = 1, .passes_over_a = 2, .fp32_temporaries = false},
    .why_not = why_not,
    .bind = bind};

}  // namespace nvfp4bench::kernels::cpu
