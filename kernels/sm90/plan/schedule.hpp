// Which tiles there are, which SM computes them, and which tokens it expands, decided on the host from sizes
// alone.
//
// A tile is some weight rows by some tokens of one product. How each group's tokens are cut, and
// which shape the tiles have, is searched with a cost model; tiles go to SMs longest first.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/sm90/plan/layout.hpp"

namespace nvfp4bench::kernels::sm90 {

/// One GEMM (one group and batch index): m tokens, n weight rows.
struct ProductShape {
  uint32_t m = 0;
  uint32_t n = 0;
  uint32_t k = 0;
};

struct alignas(16) Tile {
  uint32_t product = 0;
  /// Index of the tile that the same SM runs next; 0 if there is none.
  uint32_t next = 0;
  /// Columns of the instruction: `tokens`, rounded up to a size that the kernel has code for.
  uint16_t columns = 0;
  /// Tokens of this tile: a multiple of 8, of which the last tile of a product may use fewer.
  uint16_t tokens = 0;
  uint32_t first_token = 0;
  uint32_t first_row = 0;
  /// Stages of weights along k.
  uint32_t chunks = 0;
};

struct Schedule {
  ShapeName shape = ShapeName::deep;
  /// A list an SM: that of SM i starts at tiles[i], with no columns if the SM has no tile. Within one,
  /// columns descend.
  std::vector<Tile> tiles;
  /// The largest tile's columns.
  uint32_t max_columns = 0;
  /// Estimates in SM cycles: the longest list, and the mean.
  double makespan = 0;
  double mean = 0;
};

/// Sizes that the kernel has code for, in the order in which an SM must run them: descending.
std::span<const uint32_t> token_sizes();

/// Cycles of one tile, from measured rates of the main loop.
double tile_cycles(const Shape& shape, uint32_t columns, uint32_t k);

Schedule make_schedule(std::span<const ProductShape> products, ShapeName name, uint32_t num_sms);

/// The shortest of those for `names`.
Schedule best_schedule(std::span<const ProductShape> products, std::span<const ShapeName> names,
                       uint32_t num_sms);

/// A share of expanding one product's tokens: units first .. last - 1 of expand_units().
struct ExpandShare {
  uint32_t product = 0;
  uint32_t first = 0;
  uint32_t last = 0;
  /// Index of the share that the same SM takes next; 0 if there is none.
  uint32_t next = 0;
};

/// A list an SM, of near-equal length in units: that of SM i starts at entry i, empty if there is too little
/// for all.
std::vector<ExpandShare> share_expansion(std::span<const ProductShape> products, uint32_t num_sms);

}  // namespace nvfp4bench::kernels::sm90
