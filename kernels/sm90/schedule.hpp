// Which tiles there are and which SM computes them, decided on the host from sizes alone.
//
// A tile is kBlockRows or 2 kBlockRows weight rows by up to kMaxTokens tokens of one product. Each group's
// tokens are cut into near-equal tiles; how many is searched with a cost model, and tiles go to SMs longest
// first.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/sm90/layout.hpp"

namespace nvfp4bench::kernels::sm90 {

/// One GEMM (one group and batch index): m tokens, n weight rows.
struct ProductShape {
  uint32_t m = 0;
  uint32_t n = 0;
  uint32_t k = 0;
};

struct alignas(16) Tile {
  uint32_t product = 0;
  /// Columns of the instruction: `tokens`, rounded up to a size that the kernel has code for.
  uint16_t columns = 0;
  /// Tokens of this tile: a multiple of 8, of which the last tile of a product may use fewer.
  uint16_t tokens = 0;
  uint32_t first_token = 0;
  uint32_t first_row = 0;
};

/// What a variant's tile costs, beyond its sizes.
struct TileKind {
  /// Weight rows of a tile.
  uint32_t rows = 128;
  /// Warpgroup-wide instructions a k step, all passes together.
  uint32_t instructions_per_step = 4;
  /// Tokens of the largest tile.
  uint32_t max_tokens = kMaxTokens;
};

struct Schedule {
  /// Tiles in the order in which they run, SM by SM; within one, columns descend.
  std::vector<Tile> tiles;
  /// SM s runs tiles[first[s]] .. tiles[first[s + 1] - 1].
  std::vector<uint32_t> first;
  /// The largest tile's columns.
  uint32_t max_columns = 0;
  /// Estimates in SM cycles: the longest list, and the mean.
  double makespan = 0;
  double mean = 0;
};

/// Sizes that the kernel has code for, in the order in which an SM must run them: descending.
std::span<const uint32_t> token_sizes();

/// Cycles of one tile, from measured rates of the main loop.
double tile_cycles(const TileKind& kind, uint32_t columns, uint32_t k);

Schedule make_schedule(std::span<const ProductShape> products, const TileKind& kind, uint32_t num_sms);

}  // namespace nvfp4bench::kernels::sm90
