#include "kernels/cpu/tiling.hpp"

#include <algorithm>
#include <omp.h>

#include "nvfp4/scale_layout.hpp"

namespace nvfp4bench::kernels::cpu {

namespace {

// A tile's sums and the activations of a span of k share the L2 cache.
constexpr int64_t kTileRows = 256;
constexpr int64_t kTileColumns = 64;
constexpr int64_t kSpanBytes = 192 << 10;
// Unpacked activations at a time. Rows of a tile become fewer where K is so long that kTileRows would not
// fit.
constexpr int64_t kActivationBytes = 3 << 20;
constexpr int64_t kMinTileRows = 16;
// Enough tiles that a thread which finishes early finds more to do.
constexpr int64_t kTilesPerThread = 4;
constexpr int64_t kStripBlocks = 64;

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace

Scratch::Scratch(const Engine& engine, int products)
    : acc(products * kTileRows * kTileColumns * static_cast<int64_t>(sizeof(float))),
      panel(engine.panel_bytes) {
  weight_rows.reserve(2 * kTileColumns);
}

int64_t Scratch::bytes() const {
  return acc.bytes() + panel.bytes() + static_cast<int64_t>(weight_rows.capacity() * sizeof(PackedRow));
}

Tiling::Tiling(const ProblemView& problem, const Machine& machine, int products)
    : engine_(cpu::engine(machine.isa)), threads_(machine.threads) {
  const auto activation_bytes = [&](const RowTile& rows) {
    return rows.num_rows * rows.num_blocks * engine_.activation_bytes;
  };
  int64_t all_bytes = 0, largest_bytes = 0;
  for (size_t g = 0; g < problem.groups.size(); ++g) {
    const GroupView& group = problem.groups[g];
    const int64_t blocks = group.k() / kScaleBlock;
    const int64_t fitting = kActivationBytes / std::max<int64_t>(1, blocks * engine_.activation_bytes);
    const int64_t parts = ceil_div(group.m(), std::clamp(fitting, kMinTileRows, kTileRows));
    for (int64_t l = 0; l < group.l(); ++l) {
      for (int64_t part = 0; part < parts; ++part) {
        const int64_t first = group.m() * part / parts;
        const int64_t rows = group.m() * (part + 1) / parts - first;
        row_tiles_.push_back({g, l, first, rows, blocks});
        all_bytes += activation_bytes(row_tiles_.back());
        largest_bytes = std::max(largest_bytes, activation_bytes(row_tiles_.back()));
      }
    }
  }
  // The largest first, so that the last tiles to finish are small. Tiles of a row tile stay together.
  std::stable_sort(row_tiles_.begin(), row_tiles_.end(), [](const RowTile& x, const RowTile& y) {
    return x.num_rows * x.num_blocks > y.num_rows * y.num_blocks;
  });
  activations_ = CacheLines(std::min(all_bytes, std::max(kActivationBytes, largest_bytes)));

  const auto columns_of = [&](const RowTile& rows) { return problem.groups[rows.group].n(); };
  const auto count_tiles = [&](int64_t width) {
    int64_t count = 0;
    for (const RowTile& rows : row_tiles_) count += ceil_div(columns_of(rows), width);
    return count;
  };
  int64_t width = kTileColumns;
  while (width > 2 * engine_.columns && count_tiles(width) < kTilesPerThread * threads_) width /= 2;

  int64_t used = 0;
  for (size_t i = 0; i < row_tiles_.size(); ++i) {
    RowTile& rows = row_tiles_[i];
    if (used + activation_bytes(rows) > activations_.bytes()) {
      batches_.push_back({strips_.size(), tiles_.size()});
      used = 0;
    }
    rows.offset = used;
    used += activation_bytes(rows);
    for (int64_t block = 0; block < rows.num_blocks; block += kStripBlocks) {
      strips_.push_back({i, block, std::min(kStripBlocks, rows.num_blocks - block)});
    }
    for (int64_t column = 0; column < columns_of(rows); column += width) {
      tiles_.push_back({rows.group, rows.l, rows.first_row, rows.num_rows, column,
                        std::min(width, columns_of(rows) - column), rows.num_blocks,
                        activations_.as<uint8_t>() + rows.offset});
    }
  }
  batches_.push_back({strips_.size(), tiles_.size()});
  for (int i = 0; i < threads_; ++i) scratch_.emplace_back(engine_, products);
}

int64_t Tiling::workspace_bytes() const {
  int64_t bytes = activations_.bytes();
  for (const Scratch& scratch : scratch_) bytes += scratch.bytes();
  return bytes;
}

void Tiling::unpack(const ProblemView& problem, const Strip& strip) {
  const RowTile& tile = row_tiles_[strip.row_tile];
  PackedRow rows[kTileRows];
  for (int64_t m = 0; m < tile.num_rows; ++m) {
    rows[m] = packed_row(problem.groups[tile.group].a, tile.l, tile.first_row + m);
  }
  const int64_t offset = tile.offset + strip.first_block * tile.num_rows * engine_.activation_bytes;
  engine_.unpack_activations(rows, tile.num_rows, strip.first_block, strip.num_blocks,
                             activations_.as<uint8_t>() + offset);
}

void Tiling::for_each_tile(const std::function<void(const Tile&, Scratch&)>& compute) {
#pragma omp parallel for schedule(dynamic) num_threads(threads_)
  for (size_t i = 0; i < tiles_.size(); ++i) {
    compute(tiles_[i], scratch_[static_cast<size_t>(omp_get_thread_num())]);
  }
}

void Tiling::for_each_unpacked_tile(const ProblemView& problem,
                                    const std::function<void(const Tile&, Scratch&)>& compute) {
#pragma omp parallel num_threads(threads_)
  {
    Scratch& scratch = scratch_[static_cast<size_t>(omp_get_thread_num())];
    Batch done;
    for (const Batch& batch : batches_) {
      // Threads wait for each other at the end of each loop.
#pragma omp for schedule(dynamic)
      for (size_t i = done.end_strip; i < batch.end_strip; ++i) unpack(problem, strips_[i]);
#pragma omp for schedule(dynamic)
      for (size_t i = done.end_tile; i < batch.end_tile; ++i) compute(tiles_[i], scratch);
      done = batch;
    }
  }
}

PackedRow packed_row(const MatrixView& matrix, int64_t l, int64_t row) {
  const int64_t code_bytes = matrix.k / 2;
  return {matrix.codes + (l * matrix.rows + row) * code_bytes,
          matrix.scales + l * nvfp4::blocked_scale_bytes(matrix.rows, matrix.k) +
              nvfp4::blocked_scale_offset(row, 0, matrix.k)};
}

void list_weight_rows(const Engine& engine, const Tile& tile, const MatrixView& b,
                      std::vector<PackedRow>& rows) {
  rows.clear();
  const int64_t last = tile.first_column + tile.num_columns - 1;
  const int64_t count = ceil_div(tile.num_columns, 2 * engine.columns) * 2 * engine.columns;
  for (int64_t n = 0; n < count; ++n) {
    rows.push_back(packed_row(b, tile.l, std::min(tile.first_column + n, last)));
  }
}

void list_weight_rows(const Engine& engine, const Tile& tile, const MatrixView& b1, const MatrixView& b2,
                      std::vector<PackedRow>& rows) {
  rows.clear();
  const int64_t last = tile.first_column + tile.num_columns - 1;
  for (int64_t first = tile.first_column; first <= last; first += engine.columns) {
    for (const MatrixView* b : {&b1, &b2}) {
      for (int64_t n = first; n < first + engine.columns; ++n) {
        rows.push_back(packed_row(*b, tile.l, std::min(n, last)));
      }
    }
  }
}

void multiply(const Engine& engine, const Tile& tile, Scratch& scratch, float* acc) {
  const int64_t panel_rows = 2 * engine.columns;
  const int64_t panels = static_cast<int64_t>(scratch.weight_rows.size()) / panel_rows;
  const int64_t panel_sums = tile.num_rows * panel_rows;
  // A span of k is as long as its activations fit the L2 cache; all panels take their turn on it. The longer
  // it is, the longer are the pieces of weight rows that are read from memory.
  const int64_t chunk_bytes = kChunkBlocks * tile.num_rows * engine.activation_bytes;
  const int64_t span = std::max<int64_t>(1, kSpanBytes / chunk_bytes) * kChunkBlocks;

  std::fill_n(acc, panels * panel_sums, 0.0f);
  auto* unpacked = scratch.panel.as<uint8_t>();
  for (int64_t begin = 0; begin < tile.num_blocks; begin += span) {
    const int64_t end = std::min(begin + span, tile.num_blocks);
    for (int64_t p = 0; p < panels; ++p) {
      for (int64_t block = begin; block < end; block += kChunkBlocks) {
        const Panel panel{&scratch.weight_rows[static_cast<size_t>(p * panel_rows)], block,
                          std::min(kChunkBlocks, end - block)};
        engine.unpack_panel(panel, unpacked);
        engine.multiply(tile.activations + block * tile.num_rows * engine.activation_bytes, tile.num_rows,
                        unpacked, panel.num_blocks, acc + p * panel_sums);
      }
    }
  }
}

Output output_at(const ProblemView& problem, const Tile& tile, int64_t first, int64_t columns) {
  const GroupView& group = problem.groups[tile.group];
  const int64_t element = (tile.l * group.m() + tile.first_row) * group.n() + tile.first_column + first;
  return {problem.output, static_cast<uint8_t*>(group.c) + element * bytes_per_element(problem.output),
          group.n(), std::min(columns, tile.num_columns - first)};
}

std::string why_not(const Variant&, const Problem&, const Machine& machine) { return machine.isa_why_not; }

}  // namespace nvfp4bench::kernels::cpu
