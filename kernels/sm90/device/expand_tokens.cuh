// Expansion of a: NVFP4 tokens to fp16, in the order and swizzle in which the main loop reads them. The
// blocks share the work before their first tile, and count what is done in global memory.
#pragma once

#include "kernels/parts/fp4_to_f16.cuh"
#include "kernels/ptx/global.cuh"
#include "kernels/ptx/shared.cuh"
#include "kernels/sm90/device/arguments.hpp"

namespace nvfp4bench::kernels::sm90 {

/// A thread's place in a job. A warp takes kExpandRows rows of a chunk at a time; units of a product run
/// through its rows, chunk by chunk. Of each of the chunk's four 64-value runs, a thread takes 16 values,
/// which share a scale, and keeps nibbles (0, 4), (1, 5) of both words, or (2, 6), (3, 7): slots 8 half .. 8
/// half + 7 of steps 4 scale_block .. 4 scale_block + 3 (layout.hpp).
struct ExpandPlace {
  uint32_t row;
  uint32_t chunk;

  static NVFP4BENCH_DEVICE uint32_t scale_block() { return ptx::lane_idx() / 2 % 4; }
  static NVFP4BENCH_DEVICE uint32_t half() { return ptx::lane_idx() % 2; }

  NVFP4BENCH_DEVICE void advance(uint32_t units, uint32_t rows) {
    for (row += units * kExpandRows; row >= rows; row -= rows) ++chunk;
  }
};

/// What a thread expands: two words of codes of each run, and their scale.
struct RawTokens {
  ptx::Words<2> codes[4];
  uint32_t scales[4];
};

/// Rows beyond m and k beyond the last value are zero. Scales lie in the 128x4 blocked layout, a run of 64
/// values to a block of 512 bytes.
NVFP4BENCH_DEVICE RawTokens load_tokens(const ExpandJob& job, const ExpandPlace& place) {
  const uint32_t r = place.row;
  const uint32_t first_k = place.chunk * kChunkK + ExpandPlace::scale_block() * 16;
  const uint8_t* codes_at = job.a_codes + (uint64_t{r} * job.k + first_k) / 2;
  const uint32_t runs = (job.k + 63) / 64;
  const uint8_t* scales_at = job.a_scales + (uint64_t{r / 128} * runs + place.chunk * 4) * 512 + r % 32 * 16 +
                             r % 128 / 32 * 4 + ExpandPlace::scale_block();
  RawTokens raw{};
#pragma unroll
  for (uint32_t run = 0; run < 4; ++run) {
    if (r < job.m && first_k + run * 64 < job.k) {
      raw.codes[run] = ptx::load_global(reinterpret_cast<const ptx::Words<2>*>(codes_at + run * 32));
      raw.scales[run] = ptx::load_global(scales_at + run * 512);
    }
  }
  return raw;
}

NVFP4BENCH_DEVICE void store_tokens(const ExpandJob& job, const ExpandPlace& place, const RawTokens& raw,
                                    uint32_t rows) {
  const uint32_t bytes = ExpandPlace::half() == 0 ? parts::kEvenBytesUp : parts::kOddBytesUp;
  ptx::Words<4> steps[4];
#pragma unroll
  for (uint32_t run = 0; run < 4; ++run) {
    const uint32_t scale_twice = ptx::low_half_twice(parts::low_scales(raw.scales[run]));
#pragma unroll
    for (uint32_t step = 0; step < 4; ++step) {
      const uint32_t codes = raw.codes[run].word[step / 2];
      const uint32_t values =
          step % 2 == 0 ? parts::low_nibble_bytes(codes, {}) : parts::high_nibble_bytes(codes);
      steps[step].word[run] =
          ptx::multiply_f16x2(ptx::multiply_f16x2(ptx::permute_bytes(values, 0, bytes), scale_twice),
                              parts::kTwoTo7);  // back to true values
    }
  }
  const uint32_t panel = place.chunk * kPanelsPerChunk + ExpandPlace::scale_block();
  auto* out = reinterpret_cast<ptx::Words<4>*>(job.tokens + (uint64_t{panel} * rows + place.row) * kRowBytes);
#pragma unroll
  for (uint32_t step = 0; step < 4; ++step)
    ptx::store_global(out + swizzle128(place.row, 2 * step + ExpandPlace::half()), steps[step]);
}

/// One job, by `warp` of `warps`.
NVFP4BENCH_DEVICE void expand(const ExpandJob& job, uint32_t warp, uint32_t warps) {
  // Loads of so many units at once: each comes from DRAM, and there is nothing else to wait for.
  constexpr uint32_t kAtOnce = 2;
  const uint32_t rows = round_up(job.m, 8);
  const uint32_t units_a_chunk = rows / kExpandRows;
  const uint32_t first = job.share.first + warp;
  ExpandPlace place{
      .row = first % units_a_chunk * kExpandRows + ptx::lane_idx() / (ptx::kWarpThreads / kExpandRows),
      .chunk = first / units_a_chunk};
#pragma unroll 1
  for (uint32_t unit = first; unit < job.share.last; unit += kAtOnce * warps) {
    RawTokens raw[kAtOnce];
    ExpandPlace places[kAtOnce];
#pragma unroll
    for (uint32_t i = 0; i < kAtOnce; ++i) {
      places[i] = place;
      if (unit + i * warps < job.share.last) raw[i] = load_tokens(job, place);
      place.advance(warps, rows);
    }
#pragma unroll
    for (uint32_t i = 0; i < kAtOnce; ++i) {
      if (unit + i * warps < job.share.last) store_tokens(job, places[i], raw[i], rows);
    }
  }
}

/// This block's jobs. `warp` of `warps`, which all call it together; `barrier` is theirs.
NVFP4BENCH_DEVICE void expand_tokens(const Arguments& arguments, uint32_t warp, uint32_t warps,
                                     uint32_t barrier) {
  uint32_t next = ptx::block_idx_x();
  do {
    const ExpandJob job = ptx::load_global(&arguments.jobs[next]);
    next = job.share.next;
    if (job.share.first == job.share.last) continue;
    expand(job, warp, warps);
    ptx::fence_proxy_async_global();
    ptx::sync_threads(barrier, warps * ptx::kWarpThreads);
    if (warp == 0 && ptx::lane_idx() == 0) ptx::add_release(&arguments.jobs_done[job.share.product], 1);
  } while (next != 0);
}

/// One thread: returns when `product`'s tokens may be copied.
NVFP4BENCH_DEVICE void wait_for_tokens(const Arguments& arguments, uint32_t product) {
  if (arguments.jobs == nullptr) return;
  const uint32_t all = ptx::load_global(&arguments.products[product].expand_jobs);
  while (ptx::load_acquire(&arguments.jobs_done[product]) != all) {
  }
  ptx::fence_proxy_async_global();
}

/// One thread, when this block waits for no more tokens. The last block clears the counts.
NVFP4BENCH_DEVICE void leave_tokens(const Arguments& arguments) {
  if (arguments.jobs == nullptr) return;
  if (ptx::fetch_add(arguments.blocks_done, 1) != ptx::grid_dim_x() - 1) return;
  for (uint32_t p = 0; p < arguments.num_products; ++p) ptx::store_global(&arguments.jobs_done[p], 0);
  ptx::store_global(arguments.blocks_done, 0);
}

}  // namespace nvfp4bench::kernels::sm90
