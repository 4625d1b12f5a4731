// The running error of Hopper's tensor cores when it is known which products a step adds.
#pragma once

#include <cstdint>
#include <span>

#include "validate/unpacked_row.hpp"

namespace nvfp4bench::validate {

/// Bound on |computed - exact|, in units of 2^-20, under Accumulator::hopper_fp16_k16 with this order of k
/// (see Numerics::step_order). Follows every step on the exact partial sums, and counts only what can be lost
/// there: zero certifies that the accumulator is exact to the bit.
///
/// The model of a step is the one of Khattak & Mikaitis (2025) and MMA-Sim, which reproduced an H200 bit for
/// bit over 3.2 million outputs.
double running_hopper_error(const UnpackedRow& a, const UnpackedRow& b, std::span<const uint8_t> step_order);

}  // namespace nvfp4bench::validate
