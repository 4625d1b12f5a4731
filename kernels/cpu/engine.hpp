// What a CPU variant computes with: a few operations, compiled once for each instruction set.
//
// A block is 16 k, the values that share one scale. Operands are unpacked block by block into the form that
// the instruction set multiplies; that form is its own business. Every engine forms the exact integer dot of
// a block, scales it exactly (20 significant bits), and adds it to an fp32 sum in k order. So all of them
// give the same bits.
#pragma once

#include <cstdint>

#include "model/isa.hpp"
#include "model/problem.hpp"

namespace nvfp4bench::kernels::cpu {

/// One row of a packed matrix: the codes, and the scale of block 0. The blocked layout keeps four scales of
/// a row together and the next four a tile, 512 bytes, later.
struct PackedRow {
  const uint8_t* codes = nullptr;
  const uint8_t* scales = nullptr;
};

/// Some blocks of 2 * Engine::columns weight rows, rows of b1 or b2 in any mixture. first_block is a multiple
/// of 4.
struct Panel {
  const PackedRow* rows = nullptr;
  int64_t first_block = 0;
  int64_t num_blocks = 0;  // at most kChunkBlocks
};

/// Rows of fp32 sums and the factor that is due to them. The distance from row to row is said beside it.
struct Sums {
  const float* data = nullptr;
  float alpha = 1;
};

/// Where results go: rows of `columns` elements, `stride` elements apart.
struct Output {
  OutputType type = OutputType::f32;
  uint8_t* data = nullptr;
  int64_t stride = 0;
  int64_t columns = 0;
};

/// Blocks of a panel that are unpacked at a time, to stay in the L1 cache.
inline constexpr int64_t kChunkBlocks = 32;

struct Engine {
  Isa isa;
  /// Columns of one vector. A panel is two vectors of weights.
  int64_t columns;
  /// Unpacked sizes: one block of one row of a, and kChunkBlocks blocks of a panel.
  int64_t activation_bytes;
  int64_t panel_bytes;

  /// out[block][row] of `num_blocks` from `first_block` on.
  void (*unpack_activations)(const PackedRow* rows, int64_t num_rows, int64_t first_block, int64_t num_blocks,
                             uint8_t* out);

  void (*unpack_panel)(const Panel& panel, uint8_t* out);

  /// acc[row][2][columns] += the dots of unpacked activations [block][row] and an unpacked panel.
  void (*multiply)(const uint8_t* activations, int64_t num_rows, const uint8_t* panel, int64_t num_blocks,
                   float* acc);

  /// out = alpha acc, rounded once to the output type. Rows of acc are `stride` floats apart.
  void (*store)(const Sums& acc, int64_t stride, int64_t num_rows, const Output& out);
  /// out = silu(alpha1 acc1) * (alpha2 acc2), in fp32, then rounded once.
  void (*store_silu_mul)(const Sums& acc1, const Sums& acc2, int64_t stride, int64_t num_rows,
                         const Output& out);

  /// Only multiplies and adds of block dots, all operands in registers or the L1 cache. Returns their number.
  int64_t (*peak_dots)(int64_t repeats);
  /// Only reads: all of some whole cache lines.
  void (*read)(const uint8_t* lines, int64_t bytes);
};

/// The engine of an instruction set that this build has and this machine runs.
const Engine& engine(Isa isa);

}  // namespace nvfp4bench::kernels::cpu
