// In any order, an intermediate sum is at most the sum of all positive numbers, or that of all negative ones,
// and of all that was lost so far. There is one addition less than there are numbers, and none loses more
// than half the spacing at the largest intermediate sum; none loses anything where that is below 2^24 units.
//
// What is lost widens that largest sum, and so on: the bound is found where it no longer moves. Then, by
// induction over the additions, no intermediate sum is larger than was assumed.
#include "validate/merge_bound.hpp"

#include <algorithm>

#include "validate/fp32_bits.hpp"
#include "validate/outward.hpp"

namespace nvfp4bench::validate {

double merged_error(std::span<const int64_t> sums, double error, double unit) {
  double positive = 0;
  double negative = 0;
  for (const int64_t sum : sums) (sum > 0 ? positive : negative) += std::abs(static_cast<double>(sum));
  const double additions = static_cast<double>(sums.size()) - 1;
  const double largest = (std::max(positive, negative) + error) * kOutward;
  double lost = 0;
  for (double assumed = -1; assumed != lost;) {
    assumed = lost;
    const double reached = (largest + assumed) * kOutward;
    lost = reached <= kFp32Units * unit ? 0 : additions * half_ulp(reached);
  }
  return (error + lost) * kOutward;
}

}  // namespace nvfp4bench::validate
