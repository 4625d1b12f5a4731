#include "validate/reference.hpp"

#include <algorithm>
#include <omp.h>
#include <vector>

#include "nvfp4/isa_support.hpp"
#include "validate/exact_kernels.hpp"
#include "validate/exact_layout.hpp"
#include "validate/exact_pack.hpp"

namespace nvfp4bench::validate {
namespace {

const ExactKernels& kernels_for([[maybe_unused]] Isa isa) {
#if defined(__x86_64__)
  if (isa != Isa::portable) return kAvx2Kernels;
#endif
  return kPortableKernels;
}

/// Rows of a that are packed at once: so many that unpacking the weights again for the next ones costs
/// little, so few that packed rows and accumulators stay a few MB. A multiple of kTileRows.
int64_t rows_at_once(int64_t rows, int64_t k) {
  constexpr int64_t kPackedBytes = 4 << 20;
  constexpr int64_t kMostRows = 510;
  const int64_t row_bytes = k + k / kScaleBlock * 4;
  const int64_t most = std::clamp<int64_t>(kPackedBytes / row_bytes, kTileRows, kMostRows);
  const int64_t passes = (rows + most - 1) / most;
  const int64_t even_share = (rows + passes - 1) / passes;
  return (even_share + kTileRows - 1) / kTileRows * kTileRows;
}

/// The scratch of one thread.
struct Scratch {
  ColumnPanel panel;
  /// [row][kPanelColumns]: of all packed rows, since a column of the results would hit few cache sets.
  std::vector<int64_t> acc;
};

/// Allocated outside the parallel region, where nothing may throw.
struct Workspace {
  PackedRows rows;
  std::vector<Scratch> threads;
};

/// All packed rows times columns [first, first + count) of b, into out[row * n + column].
void multiply_panel(const PackedRows& rows, int64_t num_rows, const MatrixView& b, int64_t l, int64_t first,
                    int count, const ExactKernels& kernels, Scratch& scratch, int64_t* out, uint8_t* nan) {
  std::fill_n(nan, count, uint8_t{0});
  std::fill(scratch.acc.begin(), scratch.acc.end(), 0);
  for (int64_t chunk = 0; chunk < rows.chunks; ++chunk) {
    const int64_t first_block = chunk * kChunkBlocks;
    const int64_t blocks = std::min<int64_t>(kChunkBlocks, rows.blocks - first_block);
    ColumnPanel& panel = scratch.panel;
    pack_panel(b, l, first, count, first_block, blocks, kernels, panel, nan);
    for (int64_t row = 0; row < num_rows; row += kTileRows) {
      const int64_t tile = row / kTileRows;
      const int64_t tile_block = (tile * rows.blocks + first_block) * kTileRows;
      const int64_t tile_chunk = tile * rows.chunks + chunk;
      const bool fits_int32 = panel.narrow && sums_fit_int32(rows.norms[tile_chunk], panel.norm);
      const auto& tile_kernels = fits_int32 ? kernels.int32_sums : kernels.any_scale;
      const int64_t tile_rows = std::min<int64_t>(kTileRows, num_rows - row);
      tile_kernels[tile_rows - 1](
          {rows.codes.data() + tile_block * kScaleBlock, rows.scales.data() + tile_block,
           rows.shifts.data() + tile_chunk * kTileRows},
          panel, blocks, scratch.acc.data() + row * kPanelColumns);
    }
  }
  for (int64_t row = 0; row < num_rows; ++row) {
    std::copy_n(scratch.acc.data() + row * kPanelColumns, count, out + row * b.rows + first);
  }
}

/// Batch l of one group. Every thread packs rows of a, then multiplies panels of b1 (and b2) by all of them.
void multiply_batch(const GroupView& group, int64_t l, bool dual, const ExactKernels& kernels,
                    Workspace& workspace, GroupReference& out) {
  const int64_t m = group.m();
  const int64_t n = group.n();
  const int64_t panels = (n + kPanelColumns - 1) / kPanelColumns;
  const int64_t step = rows_at_once(m, group.k());
  const auto threads = static_cast<int>(workspace.threads.size());
  for (int64_t row = 0; row < m; row += step) {
    const int64_t num_rows = std::min(step, m - row);
    const int64_t tiles = (num_rows + kTileRows - 1) / kTileRows;
    PackedRows& packed = workspace.rows;
    resize(packed, num_rows, group.k());
    for (Scratch& scratch : workspace.threads) scratch.acc.resize(num_rows * kPanelColumns);
#pragma omp parallel num_threads(threads)
    {
#pragma omp for schedule(dynamic)
      for (int64_t tile = 0; tile < tiles; ++tile) {
        const int64_t first = row + tile * kTileRows;
        const auto count = static_cast<int>(std::min<int64_t>(kTileRows, m - first));
        pack_tile(group.a, l, first, count, tile, packed, out.a_nan.data() + l * m + first);
      }
      Scratch& scratch = workspace.threads[omp_get_thread_num()];
#pragma omp for schedule(dynamic)
      for (int64_t i = 0; i < (dual ? 2 : 1) * panels; ++i) {
        const bool second = i >= panels;
        const int64_t first = i % panels * kPanelColumns;
        const auto count = static_cast<int>(std::min<int64_t>(kPanelColumns, n - first));
        multiply_panel(packed, num_rows, second ? group.b2 : group.b1, l, first, count, kernels, scratch,
                       (second ? out.acc2 : out.acc1).data() + (l * m + row) * n,
                       (second ? out.b2_nan : out.b1_nan).data() + l * n + first);
      }
    }
  }
}

}  // namespace

Reference compute_reference(const ProblemView& problem, int threads, Isa isa) {
  const ExactKernels& kernels = kernels_for(isa);
  Workspace workspace{.rows = {}, .threads = std::vector<Scratch>(threads)};
  Reference reference;
  for (const GroupView& group : problem.groups) {
    const bool dual = problem.op == Op::dual_gemm_silu;
    GroupReference& out = reference.groups.emplace_back();
    out.acc1.resize(group.l() * group.m() * group.n());
    if (dual) out.acc2.resize(out.acc1.size());
    out.a_nan.resize(group.l() * group.m());
    out.b1_nan.resize(group.l() * group.n());
    if (dual) out.b2_nan.resize(group.l() * group.n());
    if (group.m() == 0) continue;
    for (int64_t l = 0; l < group.l(); ++l) multiply_batch(group, l, dual, kernels, workspace, out);
  }
  return reference;
}

Reference compute_reference(const ProblemView& problem, int threads) {
  return compute_reference(problem, threads, nvfp4::best_isa());
}

}  // namespace nvfp4bench::validate
