// The running error of tensor cores on fp16 operands, where it is known which products a step adds.
#pragma once

#include <cstdint>
#include <span>

#include "validate/unpacked_row.hpp"

namespace nvfp4bench::validate {

/// The products of a step, and the fraction bits kept below its largest exponent.
struct MmaUnit {
  size_t products = 16;
  int fraction_bits = 25;
};

/// Fasi et al. 2021, MMA-Sim: 5,000 of 5,000 published outputs of an A100 reproduced.
inline constexpr MmaUnit kAmpere{8, 24};
/// Khattak & Mikaitis 2025, MMA-Sim: reproduced an H200 bit for bit over 3.2 million outputs.
inline constexpr MmaUnit kHopper{16, 25};

/// Bound on |computed - exact|, in units of 2^-20, with this order of k (see Numerics::step_order).
double running_mma_error(const MmaUnit& unit, const RowView& a, const RowView& b,
                         std::span<const uint8_t> step_order);

}  // namespace nvfp4bench::validate
