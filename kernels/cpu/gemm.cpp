// c = alpha1 a b1: each tile of c is computed from start to end while its sums stay in the cache.
#include "kernels/cpu/gemm.hpp"

#include "kernels/cpu/tiling.hpp"

namespace nvfp4bench::kernels::cpu {

void Gemm::run(const ProblemView& problem) {
  tiling_.for_each_unpacked_tile(problem, [&](const Tile& tile, Scratch& scratch) {
    const Engine& engine = tiling_.engine();
    const GroupView& group = problem.groups[tile.group];
    float* acc = scratch.acc.as<float>();

    list_weight_rows(engine, tile, group.b1, scratch.weight_rows);
    multiply(engine, tile, scratch, acc);

    for (int64_t n = 0; n < tile.num_columns; n += 2 * engine.columns) {
      engine.store({acc + n * tile.num_rows, group.alpha1}, 2 * engine.columns, tile.num_rows,
                   output_at(problem, tile, n, 2 * engine.columns));
    }
  });
}

namespace {

class GemmKernel : public Kernel {
 public:
  GemmKernel(const ProblemView& problem, const Machine& machine)
      : problem_(problem), gemm_(problem, machine) {}

  int64_t workspace_bytes() const override { return gemm_.workspace_bytes(); }
  void run(RunContext&) override { gemm_.run(problem_); }

 private:
  ProblemView problem_;
  Gemm gemm_;
};

std::unique_ptr<Kernel> bind(const Variant&, const ProblemView& problem, const Machine& machine) {
  return std::make_unique<GemmKernel>(problem, machine);
}

}  // namespace

extern const Variant gemm{.name = "cpu/gemm",
                          .summary = "the single product, from exact integer dots of 16",
                          .op = Op::gemm,
                          .numerics = kNumerics,
                          .structure = {.launches = 1, .passes_over_a = 1, .fp32_temporaries = false},
                          .why_not = why_not,
                          .bind = bind};

}  // namespace nvfp4bench::kernels::cpu
