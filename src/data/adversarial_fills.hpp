// Fills that hold what ordinary data does not: NaN scales, rows of zeros, the ends of the scales' range, sums
// of one sign. In each of them every sum is exact in fp32, in any order, so that a match proves all it can.
#pragma once

#include "data/fill.hpp"

namespace nvfp4bench::data {

/// exact_full; in one row of a in 8 and one of b1 and of b2 in 32, one scale is NaN, over a block of zeros in
/// every other such row.
void fill_nan_scales(const RowId& id, int64_t blocks, uint8_t* codes, uint8_t* scales);

/// exact_full; one row of a in 8 and one of b1 in 32 is zero: by its codes (0 and -0), or by its scales.
void fill_zero_rows(const RowId& id, int64_t blocks, uint8_t* codes, uint8_t* scales);

/// All codes. A row's scales are subnormal (2^-9 to 7 2^-9), around 1, or from 256 to 448, by turns. Rows of a
/// keep 592 values, so that 14 14 144 units of 2^8 a product stay within 2^24. Outputs need the range of bf16.
void fill_extreme_scales(const RowId& id, int64_t blocks, uint8_t* codes, uint8_t* scales);
float extreme_scales_alpha(int64_t k);

/// exact_full without signs, but every eighth row of b1 and every other one of b2 is negative: sums only grow,
/// gates are far from zero.
void fill_same_sign(const RowId& id, int64_t blocks, uint8_t* codes, uint8_t* scales);
float same_sign_alpha(int64_t k);

}  // namespace nvfp4bench::data
