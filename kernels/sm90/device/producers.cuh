// The producers: two threads, each of which walks the block's list of tiles and fills one ring.
#pragma once

#include "kernels/ptx/bulk_copy.cuh"
#include "kernels/ptx/global.cuh"
#include "kernels/sm90/device/arguments.hpp"
#include "kernels/sm90/device/expand_tokens.cuh"
#include "kernels/sm90/device/storage.cuh"

namespace nvfp4bench::kernels::sm90 {

/// One thread: streams the weights of every tile of this block. The first stage is alone until the tokens are
/// on their way: they are few but needed at once, and would otherwise wait in DRAM behind several stages of
/// every block.
template <Shape kShape>
NVFP4BENCH_DEVICE void produce_weights(const Arguments& arguments, Storage storage) {
  constexpr uint32_t kBlocks = kShape.blocks();
  parts::Ring& ring = storage.weight_ring;
  uint32_t next = ptx::block_idx_x();
  do {
    const Tile tile = ptx::load_global(&arguments.tiles[next]);
    next = tile.next;
    if (tile.columns == 0) return;
    const Product* product = &arguments.products[tile.product];
    for (uint32_t pass = 0; pass < kShape.passes(); ++pass) {
      for (uint32_t chunk = 0; chunk < tile.chunks; ++chunk) {
        ring.acquire(weight_stage_bytes(kShape));
        for (uint32_t block = 0; block < kBlocks; ++block) {
          const uint32_t operand = kShape.fusion == Fusion::none ? 0 : pass + block;
          const uint32_t row =
              tile.first_row + (kShape.fusion == Fusion::none ? block * kShape.block_rows() : 0);
          const uint32_t place = ring.slot * kBlocks + block;
          ptx::copy_tensor(storage.codes + place * code_bytes(kShape), &product->codes[operand],
                           chunk * kRowBytes, row, 0, ring.full_barrier());
          ptx::copy_tensor(storage.scales + place * kScaleBytes, &product->scales[operand], 0,
                           chunk * (kScaleBytes / kScaleRowBytes), row / kScaleRows, ring.full_barrier());
        }
        ring.advance();
        ptx::barrier_wait(storage.expanded, 0);  // waits once: the barrier completes no further phase
      }
    }
  } while (next != 0);
}

/// One thread: streams the token panels of every tile of this block, once a pass.
template <Shape kShape>
NVFP4BENCH_DEVICE void produce_tokens(const Arguments& arguments, Storage storage) {
  parts::Ring& ring = storage.token_ring;
  uint32_t next = ptx::block_idx_x();
  do {
    const Tile tile = ptx::load_global(&arguments.tiles[next]);
    next = tile.next;
    if (tile.columns == 0) break;
    const Product* product = &arguments.products[tile.product];
    const uint32_t panels = panels_per_slot(tile.columns);
    const uint32_t slots = tile.chunks * (kPanelsPerChunk / panels);
    const uint64_t panel_bytes = uint64_t{round_up(ptx::load_global(&product->output.m), 8)} * kRowBytes;
    const uint32_t bytes = tile.tokens * kRowBytes;
    wait_for_tokens(arguments, tile.product);
    for (uint32_t pass = 0; pass < kShape.passes(); ++pass) {
      const uint8_t* from = ptx::load_global(&product->tokens) + uint64_t{tile.first_token} * kRowBytes;
      for (uint32_t slot = 0; slot < slots; ++slot) {
        ring.acquire(panels * bytes);
        ptx::SharedAddress to = storage.tokens + ring.slot * arguments.shared.token_slot_bytes;
        for (uint32_t panel = 0; panel < panels; ++panel) {
          ptx::copy_bulk(to, from, bytes, ring.full_barrier());
          to += tile.columns * kRowBytes;
          from += panel_bytes;
        }
        ring.advance();
      }
    }
  } while (next != 0);
  leave_tokens(arguments);
}

}  // namespace nvfp4bench::kernels::sm90
