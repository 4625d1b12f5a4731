// How CPU variants divide a problem: some rows at a time, as many as the workspace holds. Their activations
// are unpacked, then tiles of their output are computed in any order by any thread, each by one from start to
// end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/cpu/engine.hpp"
#include "kernels/variant.hpp"
#include "model/views.hpp"

namespace nvfp4bench::kernels::cpu {

/// Bytes in whole cache lines, zeroed.
class CacheLines {
 public:
  CacheLines() = default;
  explicit CacheLines(int64_t bytes) : lines_(static_cast<size_t>((bytes + 63) / 64)) {}

  template <class T>
  T* as() {
    return reinterpret_cast<T*>(lines_.data());
  }
  int64_t bytes() const { return static_cast<int64_t>(lines_.size() * sizeof(Line)); }

 private:
  struct alignas(64) Line {
    std::byte bytes[64];
  };
  std::vector<Line> lines_;
};

/// A rectangle of the output of one group and l.
struct Tile {
  size_t group = 0;
  int64_t l = 0;
  int64_t first_row = 0;
  int64_t num_rows = 0;
  int64_t first_column = 0;
  int64_t num_columns = 0;
  int64_t num_blocks = 0;                // k / 16
  const uint8_t* activations = nullptr;  // unpacked, [block][row]
};

/// What a thread works with while it computes a tile.
struct Scratch {
  Scratch(const Engine& engine, int products);

  CacheLines acc;                      // fp32 sums of a tile, for each product
  CacheLines panel;                    // unpacked weights
  std::vector<PackedRow> weight_rows;  // of all panels of a tile

  int64_t bytes() const;
};

class Tiling {
 public:
  /// `products`: accumulators that a variant holds for an output element at a time, 1 or 2.
  Tiling(const ProblemView& problem, const Machine& machine, int products);

  const Engine& engine() const { return engine_; }
  int64_t workspace_bytes() const;

  /// Calls compute for every tile, on all threads.
  void for_each_tile(const std::function<void(const Tile&, Scratch&)>& compute);
  /// Likewise, with the activations of each tile unpacked before. `problem` has the shapes that this was made
  /// for.
  void for_each_unpacked_tile(const ProblemView& problem,
                              const std::function<void(const Tile&, Scratch&)>& compute);

 private:
  /// The rows that tiles beside each other share.
  struct RowTile {
    size_t group = 0;
    int64_t l = 0;
    int64_t first_row = 0;
    int64_t num_rows = 0;
    int64_t num_blocks = 0;
    int64_t offset = 0;  // in activations_
  };
  /// Some blocks of the rows of a tile: what one thread unpacks at a time.
  struct Strip {
    size_t row_tile = 0;
    int64_t first_block = 0;
    int64_t num_blocks = 0;
  };
  /// What activations_ holds at a time: strips and tiles up to these.
  struct Batch {
    size_t end_strip = 0;
    size_t end_tile = 0;
  };

  void unpack(const ProblemView& problem, const Strip& strip);

  const Engine& engine_;
  int threads_;
  std::vector<RowTile> row_tiles_;
  std::vector<Strip> strips_;
  std::vector<Tile> tiles_;
  std::vector<Batch> batches_;
  CacheLines activations_;
  std::vector<Scratch> scratch_;
};

/// Row `row` of a matrix.
PackedRow packed_row(const MatrixView& matrix, int64_t l, int64_t row);

/// The weight rows of a tile in the order of its panels. One matrix: its rows in order, 2 * engine.columns a
/// panel. Two: engine.columns of each a panel, b1 before b2. Rows beyond the last repeat it.
void list_weight_rows(const Engine& engine, const Tile& tile, const MatrixView& b,
                      std::vector<PackedRow>& rows);
void list_weight_rows(const Engine& engine, const Tile& tile, const MatrixView& b1, const MatrixView& b2,
                      std::vector<PackedRow>& rows);

/// acc[panel][row][2][engine.columns] = the tile's activations times its panels of weight rows: the main loop
/// over k.
void multiply(const Engine& engine, const Tile& tile, Scratch& scratch, float* acc);

/// The part of `tile` that `columns` columns from `first` on (counted in the tile) go to.
Output output_at(const ProblemView& problem, const Tile& tile, int64_t first, int64_t columns);

/// Exact dots of a scale block, one rounding each as they are added; see engine.hpp and silu.hpp.
inline constexpr Numerics kNumerics{
    .accumulator = Accumulator::fp32_per_block, .silu = SiluTier::accurate, .deterministic = true};

/// Empty if a CPU variant can run here.
std::string why_not(const Variant&, const Problem& problem, const Machine& machine);

}  // namespace nvfp4bench::kernels::cpu
