#include "validate/mma_bound.hpp"

#include <algorithm>
#include <array>

#include "validate/fp32_bits.hpp"
#include "validate/truncated_sum.hpp"

namespace nvfp4bench::validate {
namespace {

constexpr std::array<uint8_t, 16> kAscending{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/// b scaled by 2^-7 may be a subnormal half, whose exponent stays at that of 2^-14: 2^-7 unscaled.
constexpr int kSmallestExponentOfB = 3;

}  // namespace

double running_mma_error(const MmaUnit& unit, const RowView& a, const RowView& b,
                         std::span<const uint8_t> step_order) {
  if (step_order.empty()) step_order = kAscending;
  TruncatedSum accumulator(unit.fraction_bits);
  const size_t k = a.k();
  for (size_t chunk = 0; chunk < k; chunk += step_order.size()) {
    for (size_t first = 0; first < step_order.size(); first += unit.products) {
      Step step;
      for (const uint8_t offset : step_order.subspan(first, unit.products)) {
        const size_t i = chunk + offset;
        if (i >= k) continue;
        const int32_t x = a.value(i);
        const int32_t y = b.value(i);
        // Exponents of operands added: not normalised.
        if (x != 0 && y != 0)
          step.add(int64_t{x} * y, exponent(x) + std::max(exponent(y), kSmallestExponentOfB));
      }
      accumulator.add(step);
    }
  }
  return accumulator.error();
}

}  // namespace nvfp4bench::validate
