#include "validate/blackwell_bound.hpp"

#include <algorithm>

#include "validate/fp32_bits.hpp"
#include "validate/truncated_sum.hpp"

namespace nvfp4bench::validate {
namespace {

constexpr size_t kBlocksPerStep = 4;
constexpr int kFractionBits = 35;

/// The exponent of a scale other than 0, as the unit has it: that of a subnormal stays at 2^-6. In units of
/// 2^-9.
int scale_exponent(int32_t scale) { return std::max(exponent(scale), 3); }

}  // namespace

double running_blackwell_error(const RowView& a, const RowView& b) {
  TruncatedSum accumulator(kFractionBits);
  const size_t blocks = a.scales.size();
  for (size_t first = 0; first < blocks; first += kBlocksPerStep) {
    Step step;
    for (size_t block = first; block < std::min(first + kBlocksPerStep, blocks); ++block) {
      if (a.scales[block] == 0 || b.scales[block] == 0) continue;
      // A dot is aligned by its scales alone, even one of 0. Scales in units of 2^-18, sums of 2^-20.
      step.add(block_sum(a, b, block), scale_exponent(a.scales[block]) + scale_exponent(b.scales[block]) + 2);
    }
    accumulator.add(step);
  }
  return accumulator.error();
}

}  // namespace nvfp4bench::validate
