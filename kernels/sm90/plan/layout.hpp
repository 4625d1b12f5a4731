// Shapes, orders and budgets that the sm90 kernels and their host code agree on. Plain C++, tested without a
// GPU.
//
// Weights (b1, b2) are the M side of the tensor-core instruction and tokens (a) its N side, because N can be
// any multiple of 8: groups of 72 or 176 tokens waste nothing.
#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/sm90/plan/shape.hpp"

namespace nvfp4bench::kernels::sm90 {

/// FP4 values of k in one stage of weights: 128 bytes a row, the widest row that the swizzle allows.
inline constexpr uint32_t kChunkK = 256;
/// fp16 values of k in one panel of tokens: 128 bytes a row, likewise.
inline constexpr uint32_t kPanelK = 64;
inline constexpr uint32_t kPanelsPerChunk = kChunkK / kPanelK;
/// Instructions' k steps in a chunk.
inline constexpr uint32_t kStepsPerChunk = kChunkK / 16;
inline constexpr uint32_t kStepsPerHalf = kStepsPerChunk / 2;
inline constexpr uint32_t kStepsPerPanel = kPanelK / 16;
inline constexpr uint32_t kRowBytes = 128;
/// Panels of tokens in one slot of their ring: a whole chunk where that is little, else half of one.
/// Consumers wait and release once a slot, which costs small tiles dearly.
constexpr uint32_t panels_per_slot(uint32_t columns) { return columns <= 48 ? kPanelsPerChunk : 2; }

/// Scales of a block of weight rows in a stage: 128x4 blocks, four along k. They are copied for 128 rows even
/// where a block has 64.
inline constexpr uint32_t kScaleRows = 128;
inline constexpr uint32_t kScaleBytes = kScaleRows * kChunkK / 16;
/// The copy engine's boxes are at most 256 wide, so it sees a 512-byte block of scales as two rows.
inline constexpr uint32_t kScaleRowBytes = 256;
constexpr uint32_t code_bytes(const Shape& shape) { return shape.block_rows() * kRowBytes; }
constexpr uint32_t weight_stage_bytes(const Shape& shape) {
  return shape.blocks() * (code_bytes(shape) + kScaleBytes);
}

/// Where token k of a chunk goes. Contraction order is free if both operands agree, so lane c of a quad takes
/// the 64 weights 64c .. 64c+63 as they lie in memory (two 16-byte loads, four scales), and tokens are
/// permuted to match: nibble i of word w (of 8) is used in step 2w + i%2.
constexpr uint32_t token_position(uint32_t k) {
  const uint32_t lane = k / 64;
  const uint32_t word = k / 8 % 8;
  const uint32_t nibble = k % 8;
  const uint32_t step = 2 * word + nibble % 2;
  // The pairs of a thread's fragment: nibbles (e, e+4) in columns 2c, 2c+1; (e+2, e+6) in 2c+8, 2c+9.
  const uint32_t slot = 2 * lane + 8 * (nibble / 2 % 2) + nibble / 4;
  return 16 * step + slot;
}

/// 128-byte swizzle of the copy engine and the tensor cores: 16-byte column `column` of a 128-byte row.
constexpr uint32_t swizzle128(uint32_t row, uint32_t column) { return column ^ (row % 8); }

constexpr uint32_t round_up(uint32_t value, uint32_t unit) { return (value + unit - 1) / unit * unit; }
constexpr uint32_t chunks_of(uint32_t k) { return (k + kChunkK - 1) / kChunkK; }

/// Bytes of one product's tokens, expanded: [panel][row][64] fp16, swizzled, rows rounded up to 8.
constexpr uint64_t token_bytes(uint32_t m, uint32_t k) {
  return uint64_t{chunks_of(k)} * kPanelsPerChunk * round_up(m, 8) * kRowBytes;
}

/// Expansion of a: rows of one chunk that a warp takes at a time, and the number of such units of a product.
inline constexpr uint32_t kExpandRows = 4;
constexpr uint32_t expand_units(uint32_t m, uint32_t k) {
  return chunks_of(k) * (round_up(m, 8) / kExpandRows);
}

/// What a block may use of an SM's shared memory, in bytes.
inline constexpr uint32_t kSharedBytes = 232448;
/// Epilogue patch of a warpgroup: 8 matrices a warp of 8 x 8 results of 16 bits.
inline constexpr uint32_t kPatchBytes = 4 * 8 * 8 * 8 * 2;

/// Division of a block's shared memory into two rings and the epilogue's patches; offsets in bytes from a
/// 1024-byte aligned start.
struct SharedPlan {
  uint32_t weight_stages = 0;
  uint32_t token_slots = 0;
  uint32_t token_slot_bytes = 0;
  uint32_t tokens = 0;
  uint32_t scales = 0;
  uint32_t patches = 0;
  uint32_t barriers = 0;
  /// To ask for at launch, alignment included.
  uint32_t total = 0;
};

inline constexpr uint32_t kMaxWeightStages = 8;
inline constexpr uint32_t kMaxTokenSlots = 8;
/// Two a slot of either ring, and one more, of 8 bytes each.
inline constexpr uint32_t kBarriersBytes = (2 * (kMaxWeightStages + kMaxTokenSlots) + 1) * 8;

/// For token tiles of up to `max_tokens`: as many weight stages as leave room for a few token slots, since
/// weights come from DRAM and tokens mostly from L2.
constexpr SharedPlan plan_shared(const Shape& shape, uint32_t max_tokens) {
  constexpr uint32_t kAlignment = 1024;
  const uint32_t fixed = kAlignment + shape.warpgroups * kPatchBytes + kBarriersBytes;
  const uint32_t wanted = max_tokens > 96 ? 3 : 4;
  SharedPlan plan;
  // Tiles of few tokens have whole chunks in a slot, and may need larger slots than the largest tile.
  for (uint32_t columns = 8; columns <= max_tokens; columns += 8)
    plan.token_slot_bytes = std::max(plan.token_slot_bytes, panels_per_slot(columns) * columns * kRowBytes);
  plan.weight_stages = (kSharedBytes - fixed - wanted * plan.token_slot_bytes) / weight_stage_bytes(shape);
  if (plan.weight_stages > kMaxWeightStages) plan.weight_stages = kMaxWeightStages;
  const uint32_t left = kSharedBytes - fixed - plan.weight_stages * weight_stage_bytes(shape);
  plan.token_slots = left / plan.token_slot_bytes;
  if (plan.token_slots > kMaxTokenSlots) plan.token_slots = kMaxTokenSlots;
  // Codes and tokens need 1024-byte alignment for the swizzle, so the scales of all stages lie together.
  plan.tokens = plan.weight_stages * shape.blocks() * code_bytes(shape);
  plan.scales = plan.tokens + plan.token_slots * plan.token_slot_bytes;
  plan.patches = plan.scales + plan.weight_stages * shape.blocks() * kScaleBytes;
  plan.barriers = plan.patches + shape.warpgroups * kPatchBytes;
  plan.total = kAlignment + plan.barriers + kBarriersBytes;
  return plan;
}

}  // namespace nvfp4bench::kernels::sm90
