// The main loop: a consumer warpgroup's rows of the weights, dequantised in registers, times a tile's tokens.
#pragma once

#include "kernels/parts/fp4_to_f16.cuh"
#include "kernels/ptx/wgmma.cuh"
#include "kernels/sm90/device/arguments.hpp"
#include "kernels/sm90/device/storage.cuh"

namespace nvfp4bench::kernels::sm90 {

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

}  // namespace nvfp4bench::kernels::sm90
