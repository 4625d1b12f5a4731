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

#include "kernels/parts/fp4_to_f16.cuh"
#include "kernels/parts/ring.cuh"
#include "kernels/ptx/bulk_copy.cuh"
#include "kernels/ptx/global.cuh"
#include "kernels/ptx/launch.hpp"
#include "kernels/ptx/wgmma.cuh"
#include "kernels/sm90/device/arguments.hpp"
#include "kernels/sm90/device/epilogue.cuh"
#include "kernels/sm90/device/expand_tokens.cuh"
#include "kernels/sm90/device/launch.hpp"
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

/// Numbers of the block's named barriers: the rings are set up, for warp 1 and for consumers, which come to
/// them at different times; consumers have expanded their share of the tokens; one for each warpgroup's
/// epilogue.
inline constexpr uint32_t kTokenSetupBarrier = 1;
inline constexpr uint32_t kConsumerSetupBarrier = 2;
inline constexpr uint32_t kExpandBarrier = 3;
inline constexpr uint32_t kEpilogueBarriers = 4;

/// The block's shared memory, as addresses.
struct Storage {
  ptx::SharedAddress codes;
  ptx::SharedAddress tokens;
  ptx::SharedAddress scales;
  ptx::SharedAddress patches;
  ptx::SharedAddress expanded;  // mbarrier: this block's share of the tokens is expanded
  parts::Ring weight_ring;
  parts::Ring token_ring;
};

NVFP4BENCH_DEVICE Storage lay_out(const SharedPlan& plan) {
  const ptx::SharedAddress base = ptx::dynamic_shared(1024);
  const ptx::SharedAddress barriers = base + plan.barriers;
  const ptx::SharedAddress token_barriers = barriers + 2 * kMaxWeightStages * ptx::kBarrierBytes;
  return {
      .codes = base,
      .tokens = base + plan.tokens,
      .scales = base + plan.scales,
      .patches = base + plan.patches,
      .expanded = token_barriers + 2 * kMaxTokenSlots * ptx::kBarrierBytes,
      .weight_ring = {.full = barriers,
                      .empty = barriers + kMaxWeightStages * ptx::kBarrierBytes,
                      .slots = plan.weight_stages},
      .token_ring = {.full = token_barriers,
                     .empty = token_barriers + kMaxTokenSlots * ptx::kBarrierBytes,
                     .slots = plan.token_slots},
  };
}

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

/// What a consumer thread needs to find its weights, two rows an instruction: rows g and g + 8 of its warp's
/// 16, which interleaved are row g of both weight blocks.
template <Shape kShape>
struct Consumer {
  static constexpr uint32_t kWarpRows = kShape.fusion == Fusion::interleaved ? 8 : 16;
  /// From the first row to the second, and from one instruction's rows to the next one's.
  static constexpr uint32_t kCodesToSecond =
      kShape.fusion == Fusion::interleaved ? code_bytes(kShape) : 8 * kRowBytes;
  static constexpr uint32_t kScalesToSecond = kShape.fusion == Fusion::interleaved ? kScaleBytes : 8 * 16;
  static constexpr uint32_t kCodesToNext = kWarpRows * kRowBytes;
  static constexpr uint32_t kScalesToNext = kWarpRows * 16;

  Storage storage;
  uint64_t tokens;        // descriptor of the first token slot
  uint32_t token_stride;  // between descriptors of token slots
  parts::ShiftMultipliers shift;
  uint32_t codes;   // offset of its first 16 bytes in a stage's codes; the others at this ^ 16
  uint32_t scales;  // offset of its four scales in a stage's scales
  bool leads;       // arrives for its warp
  ptx::SharedAddress used_tokens = 0;  // empty barrier of the last token slot
};

template <Shape kShape>
NVFP4BENCH_DEVICE Consumer<kShape> make_consumer(const Arguments& arguments, const Storage& storage,
                                                 uint32_t warp) {
  const uint32_t lane = ptx::lane_idx();
  const uint32_t stage_row = warp * kShape.instructions * Consumer<kShape>::kWarpRows + lane / 4;
  const uint32_t block = stage_row / kShape.block_rows();
  const uint32_t row = stage_row % kShape.block_rows();
  const uint32_t quad = lane % 4;
  return {.storage = storage,
          .tokens = ptx::descriptor_swizzle128(storage.tokens),
          .token_stride = arguments.shared.token_slot_bytes >> 4,
          .shift = arguments.shift,
          .codes = block * code_bytes(kShape) + row * kRowBytes + swizzle128(row, 2 * quad) * 16,
          .scales = block * kScaleBytes + quad * 512 + row % 32 * 16 + row / 32 * 4,
          .leads = lane == 0};
}

/// A thread's weights: codes for half a chunk (four words, 32 codes a row), scales for a whole one (a word,
/// four scales a row).
template <Shape kShape>
struct Codes {
  ptx::Words<4> words[kShape.instructions][2];
};
template <Shape kShape>
struct Scales {
  uint32_t words[kShape.instructions][2];
};

/// `column` is an offset in a stage's codes.
template <Shape kShape>
NVFP4BENCH_DEVICE Codes<kShape> load_codes(const Consumer<kShape>& consumer, uint32_t stage,
                                           uint32_t column) {
  const ptx::SharedAddress from =
      consumer.storage.codes + stage * (kShape.blocks() * code_bytes(kShape)) + column;
  Codes<kShape> codes;
#pragma unroll
  for (uint32_t i = 0; i < kShape.instructions; ++i) {
#pragma unroll
    for (uint32_t r = 0; r < 2; ++r) {
      codes.words[i][r] = ptx::load_shared_words<4>(from + i * Consumer<kShape>::kCodesToNext +
                                                    r * Consumer<kShape>::kCodesToSecond);
    }
  }
  return codes;
}

/// `offset` is one in a stage's scales.
template <Shape kShape>
NVFP4BENCH_DEVICE Scales<kShape> load_scales(const Consumer<kShape>& consumer, uint32_t stage,
                                             uint32_t offset) {
  const ptx::SharedAddress from = consumer.storage.scales + stage * (kShape.blocks() * kScaleBytes) + offset;
  Scales<kShape> scales;
#pragma unroll
  for (uint32_t i = 0; i < kShape.instructions; ++i) {
#pragma unroll
    for (uint32_t r = 0; r < 2; ++r) {
      scales.words[i][r] = ptx::load_shared(from + i * Consumer<kShape>::kScalesToNext +
                                            r * Consumer<kShape>::kScalesToSecond);
    }
  }
  return scales;
}

/// Scales of half a chunk in fp16, the two of a row as one pair.
template <Shape kShape>
using ScalePairs = uint32_t[kShape.instructions][2];

template <Shape kShape>
NVFP4BENCH_DEVICE void expand_scales(const Scales<kShape>& scales, uint32_t half,
                                     ScalePairs<kShape>& expanded) {
#pragma unroll
  for (uint32_t i = 0; i < kShape.instructions; ++i) {
#pragma unroll
    for (uint32_t r = 0; r < 2; ++r) {
      expanded[i][r] =
          half == 0 ? parts::low_scales(scales.words[i][r]) : parts::high_scales(scales.words[i][r]);
    }
  }
}

/// k steps between two waits. More steps keep the tensor cores busy for longer while the next ones are
/// dequantised, but their fragments take registers: 8 a step and instruction, beside the accumulators.
template <Shape kShape>
constexpr uint32_t steps_per_group(uint32_t columns) {
  const uint32_t accumulators = kShape.accumulators() * columns / 2;
  if (kShape.warpgroups == 4) return accumulators <= 56 ? 2 : 1;
  if (kShape.instructions == 1) return accumulators <= 128 ? 4 : accumulators <= 144 ? 2 : 1;
  return 1;
}

/// The groups of k steps of a chunk, and what happens in which.
template <Shape kShape, uint32_t kColumns>
struct Groups {
  static constexpr uint32_t kSteps = steps_per_group<kShape>(kColumns);
  static constexpr uint32_t kCount = kStepsPerChunk / kSteps;
  static constexpr uint32_t kPerHalf = kCount / 2;
  static constexpr uint32_t kPerSlot = panels_per_slot(kColumns) * kStepsPerPanel / kSteps;
  // Two groups alternate, and a slot is let go in the second group after it.
  static_assert(kCount % 2 == 0 && kPerSlot >= 2 && kStepsPerHalf % kSteps == 0);

  /// A thread loads its codes for half a chunk at a time.
  static constexpr uint32_t half(uint32_t group) { return group / kPerHalf; }
  static constexpr bool starts_half(uint32_t group) { return group % kPerHalf == 0; }
  /// The group's step s, counted from the start of its half, or of its token slot.
  static constexpr uint32_t step_of_half(uint32_t group, uint32_t s) {
    return (group * kSteps + s) % kStepsPerHalf;
  }
  static constexpr uint32_t step_of_slot(uint32_t group, uint32_t s) { return group % kPerSlot * kSteps + s; }
  static constexpr bool starts_slot(uint32_t group) { return group % kPerSlot == 0; }
  static constexpr bool ends_slot(uint32_t group) { return (group + 1) % kPerSlot == 0; }
  /// What this group has waited for includes the last group on the slot before.
  static constexpr bool lets_slot_go(uint32_t group) { return group % kPerSlot == 1; }
  /// Its last codes have arrived once the second half's first group has used them; a group later, nobody waits
  /// for that.
  static constexpr bool lets_stage_go(uint32_t group) { return group == kPerHalf + (kPerHalf > 2 ? 2 : 1); }
};

/// A's operands of a group's wgmma, which read them until they are waited for.
template <Shape kShape, uint32_t kColumns>
using Fragments = uint32_t[Groups<kShape, kColumns>::kSteps][kShape.instructions][4];

/// The fragments of a group, from the codes and scales of its half of the chunk.
template <Shape kShape, uint32_t kColumns>
NVFP4BENCH_DEVICE void dequantise(uint32_t group, const Codes<kShape>& codes,
                                  const ScalePairs<kShape>& scales, parts::ShiftMultipliers shift,
                                  Fragments<kShape, kColumns>& fragments) {
  using Of = Groups<kShape, kColumns>;
#pragma unroll
  for (uint32_t s = 0; s < Of::kSteps; ++s) {
    const uint32_t step = Of::step_of_half(group, s);
#pragma unroll
    for (uint32_t i = 0; i < kShape.instructions; ++i) {
#pragma unroll
      for (uint32_t r = 0; r < 2; ++r) {
        const uint32_t scale_twice =
            step < kStepsPerHalf / 2 ? ptx::low_half_twice(scales[i][r]) : ptx::high_half_twice(scales[i][r]);
        const uint32_t codes8 = codes.words[i][r].word[step / 2];
        const parts::Pairs pairs = step % 2 == 0 ? parts::low_nibbles(codes8, scale_twice, shift)
                                                 : parts::high_nibbles(codes8, scale_twice);
        fragments[s][i][r] = pairs.even;
        fragments[s][i][2 + r] = pairs.odd;
      }
    }
  }
}

/// Issues a group's wgmma: its fragments times its tokens of the slot, added to acc[kFirst] .. Whole warpgroup.
template <Shape kShape, uint32_t kFirst, uint32_t kColumns>
NVFP4BENCH_DEVICE void issue(uint32_t group, const Fragments<kShape, kColumns>& fragments,
                             uint64_t slot_descriptor, float (&acc)[kShape.accumulators()][kColumns / 2]) {
  using Of = Groups<kShape, kColumns>;
  ptx::wgmma_fence();
#pragma unroll
  for (uint32_t s = 0; s < Of::kSteps; ++s) {
    const uint32_t step = Of::step_of_slot(group, s);
    const uint32_t place =
        step / kStepsPerPanel * (kColumns * kRowBytes >> 4) + step % kStepsPerPanel * ptx::kDescriptorStepK;
#pragma unroll
    for (uint32_t i = 0; i < kShape.instructions; ++i)
      ptx::wgmma_rs<kColumns>(acc[kFirst + i], fragments[s][i], slot_descriptor + place);
  }
  ptx::wgmma_commit();
}

/// One pass over k: adds this warpgroup's rows of each stage, times the tile's tokens, to the accumulators
/// acc[kFirst] .. Whole warpgroup. The last wgmma are still in flight, and read the fragments and write acc:
/// finish_accumulating().
template <Shape kShape, uint32_t kFirst, uint32_t kColumns>
NVFP4BENCH_DEVICE void accumulate(Consumer<kShape>& consumer, uint32_t chunks, uint32_t scale_offset,
                                  Fragments<kShape, kColumns> (&fragments)[2],
                                  float (&acc)[kShape.accumulators()][kColumns / 2]) {
  using Of = Groups<kShape, kColumns>;
  parts::Ring& weights = consumer.storage.weight_ring;
  parts::Ring& tokens = consumer.storage.token_ring;
  Scales<kShape> scales;
  Codes<kShape> codes;
  ScalePairs<kShape> scale_pairs;
  uint64_t slot_descriptor = 0;
  ptx::SharedAddress used_tokens = 0;
#pragma unroll 1
  for (uint32_t chunk = 0; chunk < chunks; ++chunk) {
    weights.wait();
    scales = load_scales(consumer, weights.slot, scale_offset);
#pragma unroll
    for (uint32_t group = 0; group < Of::kCount; ++group) {
      if (Of::starts_half(group)) {
        codes = load_codes(consumer, weights.slot, consumer.codes ^ Of::half(group) * 16);
        expand_scales<kShape>(scales, Of::half(group), scale_pairs);
      }
      ptx::wgmma_wait<1>();  // the group before the last is done: its fragments are free
      if (Of::lets_slot_go(group)) {
        if ((group > 1 || chunk > 0) && consumer.leads) ptx::barrier_arrive(used_tokens);
        used_tokens = tokens.empty_barrier();
      }
      if (Of::lets_stage_go(group)) {
        ptx::sync_warp();
        if (consumer.leads) weights.release();
        weights.advance();
      }
      dequantise<kShape, kColumns>(group, codes, scale_pairs, consumer.shift, fragments[group % 2]);
      if (Of::starts_slot(group)) {
        slot_descriptor = consumer.tokens + tokens.slot * consumer.token_stride;
        tokens.wait();
      }
      issue<kShape, kFirst, kColumns>(group, fragments[group % 2], slot_descriptor, acc);
      if (Of::ends_slot(group)) tokens.advance();
    }
  }
  consumer.used_tokens = used_tokens;
}

/// What the last wgmma leave to do. Whole warpgroup.
template <Shape kShape>
NVFP4BENCH_DEVICE void finish_accumulating(const Consumer<kShape>& consumer) {
  ptx::wgmma_wait<0>();
  if (consumer.leads) ptx::barrier_arrive(consumer.used_tokens);
}

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
        storage.weight_ring.init(kShape.consumer_warps());
        storage.token_ring.init(kShape.consumer_warps());
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
