// The shapes that the kernel is compiled for: what a tile is, and how a block's warpgroups share it.
#pragma once

#include <cstdint>

namespace nvfp4bench::kernels::sm90 {

enum class Fusion {
  /// One product.
  none,
  /// Both products: the loop over k runs for b1, then again for b2.
  sequential,
  /// Both products in one loop over k. In every warp, an instruction has eight rows of b1 and the same eight
  /// of b2, so that gate and up of an output meet in one thread.
  interleaved,
};

struct Shape {
  Fusion fusion = Fusion::interleaved;
  /// Consumer warpgroups of a block.
  uint32_t warpgroups = 0;
  /// Instructions (64 weight rows each) of a warpgroup in a k step.
  uint32_t instructions = 0;
  /// Tokens of the largest tile: its accumulators must leave registers for the loop.
  uint32_t max_tokens = 0;

  constexpr uint32_t passes() const { return fusion == Fusion::sequential ? 2 : 1; }
  /// Blocks of weight rows in a stage, each one copy: b1 and b2, two halves of b1, or what the pass is for.
  constexpr uint32_t blocks() const { return fusion == Fusion::sequential ? 1 : 2; }
  constexpr uint32_t block_rows() const { return 64 * warpgroups * instructions / blocks(); }
  /// Columns of c in a tile.
  constexpr uint32_t tile_columns() const {
    return 64 * warpgroups * instructions / (fusion == Fusion::interleaved ? 2 : 1);
  }
  /// Columns of c of a warp, in blocks of 8.
  constexpr uint32_t warp_column_blocks() const {
    return instructions * (fusion == Fusion::interleaved ? 1 : 2);
  }
  /// Accumulators of a warpgroup, each 64 rows by the tile's tokens.
  constexpr uint32_t accumulators() const { return instructions * passes(); }
  constexpr uint32_t consumer_warps() const { return 4 * warpgroups; }
  /// One more warpgroup copies.
  constexpr uint32_t threads() const { return 128 * (warpgroups + 1); }
  /// Instructions of a block in a k step, all passes together.
  constexpr uint32_t instructions_per_step() const { return warpgroups * instructions * passes(); }
};

/// The shapes that there is code for, by name.
enum class ShapeName {
  gemm,
  sequential,
  /// Four consumer warps an SM quadrant, which hide best what dequantisation takes beside the tensor cores.
  deep,
  /// Half as many columns of c and more tokens: for problems that have too few tiles for all SMs, and for
  /// groups of more tokens than `deep` takes at a time.
  narrow,
};

constexpr Shape shape_of(ShapeName name) {
  switch (name) {
    case ShapeName::gemm:
      return {.fusion = Fusion::none, .warpgroups = 2, .instructions = 2, .max_tokens = 160};
    case ShapeName::sequential:
      return {.fusion = Fusion::sequential, .warpgroups = 2, .instructions = 1, .max_tokens = 176};
    case ShapeName::deep:
      return {.fusion = Fusion::interleaved, .warpgroups = 4, .instructions = 1, .max_tokens = 128};
    case ShapeName::narrow:
      return {.fusion = Fusion::interleaved, .warpgroups = 2, .instructions = 1, .max_tokens = 200};
  }
  return {};
}

}  // namespace nvfp4bench::kernels::sm90
