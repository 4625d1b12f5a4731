// Adding partial sums: the lanes of a vector, the parts of a split K.
#pragma once

#include <cstdint>
#include <span>

namespace nvfp4bench::validate {

/// Bound on |computed - exact| of the sum of numbers that are off from the integers `sums` by `error` in all,
/// added in fp32, round to nearest, in any order. All of them, as computed, are multiples of `unit`. In units
/// of 2^-20.
double merged_error(std::span<const int64_t> sums, double error, double unit);

}  // namespace nvfp4bench::validate
