// The sm90 kernel: a grouped (dual) GEMM on NVFP4 operands, for all fusions and shapes.
//
// Hopper's tensor cores know no FP4, but a code times its scale is exact in fp16. Weights travel packed, and
// each consumer dequantises its rows straight into the registers from which wgmma takes its A operand; tokens
// are the B operand in shared memory, expanded to fp16 once, by all blocks together, before the first tile.
// Blocks are persistent, one an SM, and walk lists of tiles made by the host.
//
//   warp 0         weights: tensor copies of K256 stages          -> weight ring --+
//   warp 1         tokens:  bulk copies of K64 panels             -> token ring ---+-> consumers
//   warps 4 ..     consumer warpgroups: expand this block's share of the tokens; then, for every tile, loop
//                    over K256 chunks: groups of k steps (load codes and scales, dequantise, wgmma)
//
//   weight ring    full: bytes landed; empty: one arrival a consumer warp, its codes being in registers
//   token ring     full: bytes landed; empty: one arrival a consumer warp, its wgmma on the slot being done
//   expanded       one arrival a consumer warp, once: warp 0 goes on to its second stage
//
// Each block waits for tokens that others expand, so that all must be on the GPU together: one an SM.
//
// Code that a block runs once a tile is kept short: fetching instructions from L2 or DRAM costs more than
// executing them.
#pragma once

#include <algorithm>

#include "kernels/ptx/global.cuh"
#include "kernels/ptx/launch.hpp"
#include "kernels/sm90/device/accumulate.cuh"
#include "kernels/sm90/device/epilogue.cuh"
#include "kernels/sm90/device/expand_tokens.cuh"
#include "kernels/sm90/device/launch.hpp"
#include "kernels/sm90/device/producers.cuh"
#include "kernels/sm90/plan/token_sizes.hpp"

namespace nvfp4bench::kernels::sm90 {

inline constexpr int kProducerRegisters = 24;
/// What the producers leave of the registers that a block starts with; 240 is the most that can be claimed.
constexpr int consumer_registers(const Shape& shape) {
  const auto threads = static_cast<int>(shape.threads());
  const int block = 65536 / threads / 8 * 8 * threads;
  const int left = (block / 128 - kProducerRegisters) / static_cast<int>(shape.warpgroups) / 8 * 8;
  return left < 240 ? left : 240;
}

// Numbers of the block's named barriers, and who comes to them.
/// The rings are set up: warp 0 says so to warp 1, and to the consumers, which come later.
inline constexpr uint32_t kTokenSetupBarrier = 1;
inline constexpr uint32_t kConsumerSetupBarrier = 2;
/// Consumers have expanded a job of the block: all of them.
inline constexpr uint32_t kExpandBarrier = 3;
/// One for each warpgroup's epilogue: its warps.
inline constexpr uint32_t kEpilogueBarriers = 4;

/// A block's place in its list of tiles: a tile and its columns, 0 at the end.
struct Walk {
  const Tile* tiles;
  const Tile* tile;
  uint32_t columns;
};

/// The tile that the walk has come to: its passes, then the epilogue. Moves on. Whole warpgroup; warp counts
/// from the first consumer.
template <Shape kShape, uint32_t kColumns>
NVFP4BENCH_DEVICE void consume_tile(Consumer<kShape>& consumer, const Arguments& arguments, Walk& walk,
                                    uint32_t warp) {
  float acc[kShape.accumulators()][kColumns / 2];
#pragma unroll
  for (uint32_t a = 0; a < kShape.accumulators(); ++a) {
#pragma unroll
    for (uint32_t i = 0; i < kColumns / 2; ++i) acc[a][i] = 0;
  }
  // Read now and the same in all lanes, which keeps them in uniform registers.
  const uint32_t next = ptx::broadcast(ptx::load_global(&walk.tile->next));
  const uint32_t chunks = ptx::broadcast(ptx::load_global(&walk.tile->chunks));
  const uint32_t first_row = ptx::broadcast(ptx::load_global(&walk.tile->first_row));
  const uint32_t first_token = ptx::broadcast(ptx::load_global(&walk.tile->first_token));
  const uint32_t end_token = first_token + ptx::broadcast(ptx::load_global(&walk.tile->tokens));
  const Product* product = &arguments.products[ptx::broadcast(ptx::load_global(&walk.tile->product))];

  // Of two groups: one's are read by the wgmma in flight while the other's are written. ptxas (CUDA 13.0)
  // serialises deeper rings (C7513).
  Fragments<kShape, kColumns> fragments[2];
  // Weight blocks may start in the middle of a block of scales.
  const uint32_t scale_offset = consumer.scales + first_row % kScaleRows / 32 * 4;
  accumulate<kShape, 0, kColumns>(consumer, chunks, scale_offset, fragments, acc);
  if constexpr (kShape.fusion == Fusion::sequential) {
    finish_accumulating(consumer);
    accumulate<kShape, 1, kColumns>(consumer, chunks, scale_offset, fragments, acc);
  }

  // What the epilogue and the next tile need is loaded while the last wgmma run.
  const uint32_t next_columns = ptx::load_global(&walk.tiles[next].columns);
  const Output output = ptx::load_global(&product->output);
  const Destination to{.c = output.c,
                       .n = output.n,
                       .first_n = first_row + warp / 4 * 4 * kShape.warp_column_blocks() * 8,
                       .first_m = first_token,
                       .end_m = std::min(output.m, end_token)};
  constexpr float kUnscale = 1 << -parts::kFp4ToF16Exponent;
  const float alpha1 = kUnscale * ptx::load_global(&product->alpha1);
  const float alpha2 = kUnscale * ptx::load_global(&product->alpha2);
  finish_accumulating(consumer);
  store_tile<kShape, kColumns>(acc, to, alpha1, alpha2, arguments.output,
                               consumer.storage.patches + warp / 4 * kPatchBytes, warp % 4,
                               kEpilogueBarriers + warp / 4);
  walk.tile = walk.tiles + next;
  walk.columns = ptx::broadcast(next == 0 ? 0 : next_columns);
}

/// A block's tiles are sorted by size, so that one loop a size, in that order, covers them. With one loop
/// around a choice of size, the compiler (CUDA 13.0) takes the accumulators of all sizes for live at once and
/// serialises every wgmma (C7512). So every loop is followed by comparisons that lead to the next one, or to
/// the end; a chain of single comparisons, each in front of its loop, costs a block 0.4 us a link for
/// fetching it.
template <Shape kShape>
NVFP4BENCH_DEVICE void consume(const Arguments& arguments, const Storage& storage, uint32_t warp) {
  Consumer<kShape> consumer = make_consumer<kShape>(arguments, storage, warp);
  const Tile* first = arguments.tiles + ptx::block_idx_x();
  Walk walk{
      .tiles = arguments.tiles, .tile = first, .columns = ptx::broadcast(ptx::load_global(&first->columns))};
#define NVFP4BENCH_GO_TO(size, last)                      \
  if constexpr (size < last && size <= kShape.max_tokens) \
    if (walk.columns == size) goto size_##size;
#define NVFP4BENCH_LOOP(size)                                                                 \
  [[maybe_unused]] size_##size : if constexpr (size <= kShape.max_tokens) {                   \
    while (walk.columns == size) consume_tile<kShape, size>(consumer, arguments, walk, warp); \
    if (walk.columns == 0) return;                                                            \
    NVFP4BENCH_TOKEN_SIZES_WITH(NVFP4BENCH_GO_TO, size)                                       \
  }
  if (walk.columns == 0) return;
  NVFP4BENCH_TOKEN_SIZES_WITH(NVFP4BENCH_GO_TO, ~0u)
  NVFP4BENCH_TOKEN_SIZES(NVFP4BENCH_LOOP)
#undef NVFP4BENCH_LOOP
#undef NVFP4BENCH_GO_TO
}

template <ShapeName kName>
NVFP4BENCH_KERNEL(shape_of(kName).threads(), 1)
void grouped_gemm(const NVFP4BENCH_GRID_CONSTANT Arguments arguments) {
  constexpr Shape kShape = shape_of(kName);
  constexpr uint32_t kConsumers = kShape.consumer_warps() * ptx::kWarpThreads;
  const Storage storage = lay_out(arguments.shared);
  const uint32_t warp = ptx::warp_idx();
  if (warp < 4) {
    ptx::release_registers<kProducerRegisters>();
    if (warp == 0) {
      if (ptx::elect_one()) {
        // Empty: one lane of every consumer warp. Full: the producer, warp 0's or 1's, as it announces bytes.
        storage.weight_ring.init(kShape.consumer_warps());
        storage.token_ring.init(kShape.consumer_warps());
        // One lane of every consumer warp, once, when the block's share is expanded.
        ptx::barrier_init(storage.expanded, kShape.consumer_warps());
        ptx::fence_barrier_init();
      }
      ptx::sync_warp();
      ptx::arrive_threads(kTokenSetupBarrier, 2 * ptx::kWarpThreads);
      ptx::arrive_threads(kConsumerSetupBarrier, ptx::kWarpThreads + kConsumers);
      if (ptx::elect_one()) produce_weights<kShape>(arguments, storage);
    } else if (warp == 1) {
      ptx::sync_threads(kTokenSetupBarrier, 2 * ptx::kWarpThreads);
      if (ptx::elect_one()) produce_tokens<kShape>(arguments, storage);
    }
  } else {
    ptx::claim_registers<consumer_registers(kShape)>();
    if (arguments.jobs != nullptr)
      expand_tokens(arguments, warp - 4, kShape.consumer_warps(), kExpandBarrier);
    ptx::sync_threads(kConsumerSetupBarrier, ptx::kWarpThreads + kConsumers);
    if (ptx::lane_idx() == 0) ptx::barrier_arrive(storage.expanded);
    consume<kShape>(arguments, storage, warp - 4);
  }
}

template <ShapeName kName>
void launch_grouped_gemm(const Arguments& arguments, uint32_t blocks, CUstream_st* stream) {
  const auto kernel = grouped_gemm<kName>;
  static const bool once = [&] {
    ptx::allow_shared_bytes(kernel, kSharedBytes, "raising the shared memory limit of the sm90 kernel");
    return true;
  }();
  (void)once;
  ptx::launch(kernel,
              {.blocks_x = blocks,
               .threads = shape_of(kName).threads(),
               .shared_bytes = arguments.shared.total,
               .cooperative = true},
              stream, "launching the sm90 kernel", arguments);
}

}  // namespace nvfp4bench::kernels::sm90
