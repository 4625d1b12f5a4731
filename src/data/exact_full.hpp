// The fill exact_full, on which the adversarial ones build.
#pragma once

#include "data/row_random.hpp"

namespace nvfp4bench::data {

/// Blocks of a row of `a` that may be non-zero. A product is an integer of at most 144 * 2^4 units of 2^-4,
/// and fp32 holds every integer up to 2^24, so 7281 products sum exactly in any order: 455 blocks.
inline constexpr int64_t kExactBlocks = (int64_t{1} << 24) / (144 * 16) / kScaleBlock;
static_assert(kExactBlocks * kScaleBlock == kExactSumLength);

inline void fill_exact_full(const RowId& id, int64_t blocks, uint8_t* codes, uint8_t* scales) {
  random_codes(id, blocks, codes, 0b1111);
  random_scales(id, blocks, scales, scale_around_one);
  thin_out(id, blocks, kExactBlocks, codes);
}

}  // namespace nvfp4bench::data
