// The sm90 main kernel: a grouped (dual) GEMM on NVFP4 weights and prepared fp16 tokens, for all three
// fusions.
//
// Hopper's tensor cores know no FP4, but a code times its scale is exact in fp16. Weights travel packed, and
// each consumer dequantises its rows straight into the registers from which wgmma takes its A operand; tokens
// are the B operand in shared memory. Blocks are persistent, one an SM, and walk lists of tiles made by the
// host.
//
//   warp 0         weights: tensor copies of K256 stages          -> weight ring --+
//   warp 1         tokens:  bulk copies, two K64 panels a slot    -> token ring ---+-> consumers
//   warps 4..11    two consumer warpgroups, each 64 rows of both weight blocks of a stage:
//                    half a chunk: load codes and scales -> 8 k steps of (dequantise two fragments, two
//                    wgmma)
//
//   weight ring    full: bytes landed; empty: one arrival a consumer warp, once its codes are in registers
//   token ring     full: bytes landed; empty: one arrival a consumer warp, once its wgmma on the slot are
//   done
//
// Code that a block runs once a tile is kept short: fetching instructions from L2 or DRAM costs more than
// executing them.
//
// Registers: 240 for consumers (2 x columns/2 accumulators, 16 fragments, 16 codes), 24 for the rest.
#pragma once

#include "cuda/check.hpp"
#include "kernels/parts/fp4_to_f16.cuh"
#include "kernels/parts/ring.cuh"
#include "kernels/parts/silu.cuh"
#include "kernels/ptx/bulk_copy.cuh"
#include "kernels/ptx/wgmma.cuh"
#include "kernels/sm90/arguments.hpp"
#include "kernels/sm90/epilogue.cuh"
#include "kernels/sm90/grouped_gemm.hpp"
#include "kernels/sm90/token_sizes.hpp"

namespace nvfp4bench::kernels::sm90 {

inline constexpr uint32_t kConsumerWarps = 4 * kWarpgroups;
inline constexpr uint32_t kMainThreads = (kWarpgroups + 1) * ptx::kWarpgroupThreads;
inline constexpr int kProducerRegisters = 24;
inline constexpr int kConsumerRegisters = 240;
static_assert(128 * (kProducerRegisters + kWarpgroups * kConsumerRegisters) <=
                  65536 / kMainThreads / 8 * 8 * kMainThreads,
              "what the block starts with must cover what its roles claim");

/// The block's shared memory, as addresses.
struct Storage {
  ptx::SharedAddress codes;
  ptx::SharedAddress tokens;
  ptx::SharedAddress scales;
  ptx::SharedAddress patches;
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
      .weight_ring = {.full = barriers,
                      .empty = barriers + kMaxWeightStages * ptx::kBarrierBytes,
                      .slots = plan.weight_stages},
      .token_ring = {.full = token_barriers,
                     .empty = token_barriers + kMaxTokenSlots * ptx::kBarrierBytes,
                     .slots = plan.token_slots},
  };
}

/// One thread: streams the weights of every tile of this block.
template <Fusion kFusion>
NVFP4BENCH_DEVICE void produce_weights(const Arguments& arguments, Storage storage, uint32_t begin,
                                       uint32_t end) {
  constexpr uint32_t kBlocks = blocks_of(kFusion);
  parts::Ring& ring = storage.weight_ring;
  for (uint32_t t = begin; t < end; ++t) {
    const Tile tile = arguments.tiles[t];
    const Product& product = arguments.products[tile.product];
    const uint32_t chunks = chunks_of(product.k);
    for (uint32_t pass = 0; pass < passes_of(kFusion); ++pass) {
      for (uint32_t chunk = 0; chunk < chunks; ++chunk) {
        ring.acquire(kBlocks * kWeightBlockBytes);
        for (uint32_t block = 0; block < kBlocks; ++block) {
          const uint32_t operand = kFusion == Fusion::none ? 0 : pass + block;
          const uint32_t row = tile.first_row + (kFusion == Fusion::none ? block * kBlockRows : 0);
          const uint32_t place = ring.slot * kBlocks + block;
          ptx::copy_tensor(storage.codes + place * kCodeBytes, &product.codes[operand], chunk * kRowBytes,
                           row, 0, ring.full_barrier());
          ptx::copy_tensor(storage.scales + place * kScaleBytes, &product.scales[operand], 0,
                           chunk * (kScaleBytes / kScaleRowBytes), row / 128, ring.full_barrier());
        }
        ring.advance();
      }
    }
  }
}

/// One thread: streams the token panels of every tile of this block, once a pass.
template <Fusion kFusion>
NVFP4BENCH_DEVICE void produce_tokens(const Arguments& arguments, Storage storage, uint32_t begin,
                                      uint32_t end) {
  ptx::wait_for_previous_grid();  // the pre-pass writes what is read here
  parts::Ring& ring = storage.token_ring;
  for (uint32_t t = begin; t < end; ++t) {
    const Tile tile = arguments.tiles[t];
    const Product& product = arguments.products[tile.product];
    const uint32_t slots = chunks_of(product.k) * kSlotsPerChunk;
    const uint64_t panel_bytes = uint64_t{round_up(product.m, 8)} * kRowBytes;
    const uint32_t bytes = tile.tokens * kRowBytes;
    for (uint32_t pass = 0; pass < passes_of(kFusion); ++pass) {
      const uint8_t* from = product.tokens + uint64_t{tile.first_token} * kRowBytes;
      for (uint32_t slot = 0; slot < slots; ++slot) {
        ring.acquire(kPanelsPerSlot * bytes);
        ptx::SharedAddress to = storage.tokens + ring.slot * arguments.shared.token_slot_bytes;
        for (uint32_t panel = 0; panel < kPanelsPerSlot; ++panel) {
          ptx::copy_bulk(to, from, bytes, ring.full_barrier());
          to += tile.columns * kRowBytes;
          from += panel_bytes;
        }
        ring.advance();
      }
    }
  }
}

/// What a consumer thread needs to find its weights: rows `row` and `row` + 8 of each block.
struct Consumer {
  Storage storage;
  uint64_t tokens;        // descriptor of the first token slot
  uint32_t token_stride;  // between descriptors of token slots
  parts::ShiftMultipliers shift;
  uint32_t codes;   // offset of its first 16 bytes in a block of codes; the others at this ^ 16
  uint32_t scales;  // offset of its four scales in a block of scales
  bool leads;       // arrives for its warp
};

NVFP4BENCH_DEVICE Consumer make_consumer(const Arguments& arguments, const Storage& storage, uint32_t warp) {
  const uint32_t lane = ptx::lane_idx();
  const uint32_t row = warp * 16 + lane / 4;
  const uint32_t quad = lane % 4;
  return {.storage = storage,
          .tokens = ptx::descriptor_swizzle128(storage.tokens),
          .token_stride = arguments.shared.token_slot_bytes >> 4,
          .shift = arguments.shift,
          .codes = row * kRowBytes + swizzle128(row, 2 * quad) * 16,
          .scales = quad * 512 + row % 32 * 16 + row / 32 * 4,
          .leads = lane == 0};
}

/// What a consumer thread holds of two rows of each weight block: codes for half a chunk (four words, 32
/// codes), scales for a whole one (a word, four scales).
template <uint32_t kBlocks>
struct Codes {
  ptx::Words<4> words[kBlocks][2];
};
template <uint32_t kBlocks>
struct Scales {
  uint32_t words[kBlocks][2];
};

/// The words at `column`, an offset in a block of codes, of this thread's rows in stage `stage`.
template <uint32_t kBlocks>
NVFP4BENCH_DEVICE Codes<kBlocks> load_codes(const Consumer& consumer, uint32_t stage, uint32_t column) {
  const ptx::SharedAddress from = consumer.storage.codes + stage * (kBlocks * kCodeBytes) + column;
  Codes<kBlocks> codes;
#pragma unroll
  for (uint32_t block = 0; block < kBlocks; ++block) {
#pragma unroll
    for (uint32_t r = 0; r < 2; ++r)
      codes.words[block][r] = ptx::load_shared_words<4>(from + block * kCodeBytes + r * 8 * kRowBytes);
  }
  return codes;
}

template <uint32_t kBlocks>
NVFP4BENCH_DEVICE Scales<kBlocks> load_scales(const Consumer& consumer, uint32_t stage) {
  const ptx::SharedAddress from = consumer.storage.scales + stage * (kBlocks * kScaleBytes) + consumer.scales;
  Scales<kBlocks> scales;
#pragma unroll
  for (uint32_t block = 0; block < kBlocks; ++block) {
#pragma unroll
    for (uint32_t r = 0; r < 2; ++r)
      scales.words[block][r] = ptx::load_shared(from + block * kScaleBytes + r * 8 * 16);
  }
  return scales;
}

/// One pass over k: adds this warpgroup's rows of the stage's weight blocks, times the tile's tokens, to the
/// accumulators acc[kFirst] .. Whole warpgroup.
template <uint32_t kBlocks, uint32_t kFirst, uint32_t kColumns>
NVFP4BENCH_DEVICE void accumulate(Consumer& consumer, uint32_t chunks, float (&acc)[2][kColumns / 2]) {
  parts::Ring& weights = consumer.storage.weight_ring;
  parts::Ring& tokens = consumer.storage.token_ring;
  // Fragments of two steps: one is read by the wgmma in flight while the other is written. ptxas (CUDA 13.0)
  // serialises deeper rings (C7513).
  uint32_t fragments[2][kBlocks][4];
  Scales<kBlocks> scales;
  ptx::SharedAddress used_tokens = 0;
  uint32_t column = consumer.codes;
  const uint32_t halves = 2 * chunks;
#pragma unroll 1
  for (uint32_t half = 0; half < halves; ++half) {
    if (half % 2 == 0) {
      weights.wait();
      scales = load_scales<kBlocks>(consumer, weights.slot);
    }
    const Codes<kBlocks> codes = load_codes<kBlocks>(consumer, weights.slot, column);
    column ^= 16;
    uint32_t two_scales[kBlocks][2];
#pragma unroll
    for (uint32_t block = 0; block < kBlocks; ++block) {
#pragma unroll
      for (uint32_t r = 0; r < 2; ++r) {
        two_scales[block][r] = parts::low_scales(scales.words[block][r]);
        scales.words[block][r] >>= 16;
      }
    }
    const uint64_t slot = consumer.tokens + tokens.slot * consumer.token_stride;
#pragma unroll
    for (uint32_t step = 0; step < kStepsPerSlot; ++step) {
      ptx::wgmma_wait<1>();  // the step before the last is done: its fragments are free
      if (step == 1) {
        if (half > 0 && consumer.leads) ptx::barrier_arrive(used_tokens);
        used_tokens = tokens.empty_barrier();
      }
      if (step == 2 && half % 2 == 1) {  // this stage's codes are in registers
        ptx::sync_warp();
        if (consumer.leads) weights.release();
        weights.advance();
      }
#pragma unroll
      for (uint32_t block = 0; block < kBlocks; ++block) {
#pragma unroll
        for (uint32_t r = 0; r < 2; ++r) {
          const uint32_t scale_twice = step < kStepsPerSlot / 2 ? ptx::low_half_twice(two_scales[block][r])
                                                                : ptx::high_half_twice(two_scales[block][r]);
          const uint32_t codes8 = codes.words[block][r].word[step / 2];
          const parts::Pairs pairs = step % 2 == 0 ? parts::low_nibbles(codes8, scale_twice, consumer.shift)
                                                   : parts::high_nibbles(codes8, scale_twice);
          fragments[step % 2][block][r] = pairs.even;
          fragments[step % 2][block][2 + r] = pairs.odd;
        }
      }
      if (step == 0) tokens.wait();
      ptx::wgmma_fence();
#pragma unroll
      for (uint32_t block = 0; block < kBlocks; ++block) {
        ptx::wgmma_rs<kColumns>(
            acc[kFirst + block], fragments[step % 2][block],
            slot + step / 4 * (kColumns * kRowBytes >> 4) + step % 4 * ptx::kDescriptorStepK);
      }
      ptx::wgmma_commit();
    }
    tokens.advance();
  }
  ptx::wgmma_wait<0>();
  if (consumer.leads) ptx::barrier_arrive(used_tokens);
}

/// One tile: both passes or products, then the epilogue. Whole warpgroup; warp counts from the first
/// consumer.
template <Fusion kFusion, uint32_t kColumns>
NVFP4BENCH_DEVICE void consume_tile(Consumer& consumer, const Arguments& arguments, const Tile& tile,
                                    uint32_t warp) {
  float acc[2][kColumns / 2];
#pragma unroll
  for (uint32_t i = 0; i < kColumns / 2; ++i) acc[0][i] = acc[1][i] = 0;
  const uint32_t chunks = ptx::broadcast(chunks_of(arguments.products[tile.product].k));
  if constexpr (kFusion == Fusion::sequential) {
    accumulate<1, 0, kColumns>(consumer, chunks, acc);
    accumulate<1, 1, kColumns>(consumer, chunks, acc);
  } else {
    accumulate<2, 0, kColumns>(consumer, chunks, acc);
  }

  const Product& product = arguments.products[tile.product];
  const uint32_t end_m = tile.first_token + tile.tokens;
  Destination to{.c = product.c,
                 .n = product.n,
                 .first_n = tile.first_row + warp * 16,
                 .first_m = tile.first_token,
                 .end_m = end_m < product.m ? end_m : product.m};
  const float alpha1 = product.alpha1;
  const float alpha2 = product.alpha2;
  constexpr float kUnscale = 1 << -parts::kFp4ToF16Exponent;
  const ptx::SharedAddress patch = consumer.storage.patches + warp * kPatchBytes;
  // A loop of little code, because a block comes here once in some 100 us: most of its time would go into
  // fetching instructions.
#pragma unroll 1
  for (uint32_t part = 0; part < kColumns / kPartTokens; ++part, to.first_m += kPartTokens) {
    float y[2][kPartTokens / 2];
    pick_part<kColumns>(acc, part, y);
#pragma unroll
    for (uint32_t i = 0; i < kPartTokens / 2; ++i) {
      y[0][i] = y[0][i] * kUnscale * alpha1;
      y[1][i] = y[1][i] * kUnscale * (kFusion == Fusion::none ? alpha1 : alpha2);
      if constexpr (kFusion != Fusion::none) y[0][i] = parts::silu_mul(y[0][i], y[1][i]);
    }
    store_part(y[0], to, arguments.output, patch);
    if constexpr (kFusion == Fusion::none) {
      to.first_n += kBlockRows;
      store_part(y[1], to, arguments.output, patch);
      to.first_n -= kBlockRows;
    }
  }
}

/// A block's tiles are sorted by size, so that one loop a size, in that order, covers them; the switch only
/// enters the first. With one loop around a choice of size, the compiler (CUDA 13.0) takes the accumulators
/// of all sizes for live at once and serialises every wgmma (C7512). Without the switch, every comparison on
/// the way to the first loop lies elsewhere in the code, and costs a block 0.4 us of fetching it.
template <Fusion kFusion>
NVFP4BENCH_DEVICE void consume(const Arguments& arguments, const Storage& storage, uint32_t warp,
                               uint32_t begin) {
  Consumer consumer = make_consumer(arguments, storage, warp);
  uint32_t t = begin;
  // Both loads at once, and no register for the end of the list: the largest tiles leave none.
  const auto columns = [&] {
    const uint32_t tile_columns = arguments.tiles[t].columns;
    return ptx::broadcast(t < arguments.first_tile[ptx::block_idx_x() + 1] ? tile_columns : 0);
  };
  uint32_t next = columns();
  switch (next) {
#define NVFP4BENCH_LOOP(size)                                                       \
  case size:                                                                        \
    if constexpr (size <= max_tokens_of(kFusion)) {                                 \
      for (; next == size; ++t, next = columns())                                   \
        consume_tile<kFusion, size>(consumer, arguments, arguments.tiles[t], warp); \
    }                                                                               \
    [[fallthrough]];
    NVFP4BENCH_TOKEN_SIZES(NVFP4BENCH_LOOP)
#undef NVFP4BENCH_LOOP
    default:
      break;
  }
}

template <Fusion kFusion>
__global__ void __launch_bounds__(kMainThreads, 1) grouped_gemm(const __grid_constant__ Arguments arguments) {
  const Storage storage = lay_out(arguments.shared);
  const uint32_t warp = ptx::warp_idx();
  if (warp == 0 && ptx::elect_one()) {
    storage.weight_ring.init(kConsumerWarps);
    storage.token_ring.init(kConsumerWarps);
    ptx::fence_barrier_init();
  }
  ptx::sync_block();

  const uint32_t begin = arguments.first_tile[ptx::block_idx_x()];
  const uint32_t end = arguments.first_tile[ptx::block_idx_x() + 1];
  if (warp < 4) {
    ptx::release_registers<kProducerRegisters>();
    if (warp == 0 && ptx::elect_one()) {
      produce_weights<kFusion>(arguments, storage, begin, end);
    } else if (warp == 1 && ptx::elect_one()) {
      produce_tokens<kFusion>(arguments, storage, begin, end);
    }
  } else {
    ptx::claim_registers<kConsumerRegisters>();
    consume<kFusion>(arguments, storage, warp - 4, begin);
  }
}

template <Fusion kFusion>
void launch_grouped_gemm(const Arguments& arguments, uint32_t blocks, bool overlap, CUstream_st* stream) {
  const auto kernel = grouped_gemm<kFusion>;
  static const bool once = [&] {
    cuda::check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, kSharedBytes),
                "raising the shared memory limit of the sm90 kernel");
    return true;
  }();
  (void)once;
  cudaLaunchAttribute attribute{};
  attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
  attribute.val.programmaticStreamSerializationAllowed = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(blocks);
  config.blockDim = dim3(kMainThreads);
  config.dynamicSmemBytes = arguments.shared.total;
  config.stream = stream;
  config.attrs = &attribute;
  config.numAttrs = overlap ? 1 : 0;
  cuda::check(cudaLaunchKernelEx(&config, kernel, arguments), "launching the sm90 kernel");
}

}  // namespace nvfp4bench::kernels::sm90
