#include "bench/statistics.hpp"

#include <cstdint>

#include "catch.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::bench;

namespace {

/// The definition, in integers: the largest r with 2 P(B < r) <= 1/20 for B of n fair coins.
std::size_t rank_by_definition(std::size_t n) {
  uint64_t binomial = 1;  // C(n, k)
  uint64_t below = 0;     // sum of C(n, i), i < r
  std::size_t r = 0;
  for (std::size_t k = 0; 40 * (below + binomial) <= uint64_t{1} << n; ++k) {
    below += binomial;
    binomial = binomial * (n - k) / (k + 1);
    r = k + 1;
  }
  return std::max<std::size_t>(r, 1);
}

}  // namespace

TEST_CASE("the median's interval has the ranks that the binomial distribution gives") {
  for (std::size_t n = 1; n <= 57; ++n) {
    CAPTURE(n);
    CHECK(median_interval_rank(n) == rank_by_definition(n));
  }
  // Published tables (Conover, Practical Nonparametric Statistics) and the normal limit n/2 - 1.96 sqrt(n)/2.
  CHECK(median_interval_rank(100) == 40);
  CHECK(median_interval_rank(10'000) == 4902);
}

TEST_CASE("statistics of a list of numbers") {
  const std::vector<double> samples{5, 1, 4, 2, 3, 10, 9, 8, 7, 6, 11};
  const Timing timing = summarize(samples, "precision");
  CHECK(timing.median == 6);
  CHECK(timing.min == 1);
  CHECK(timing.p10 == Approx(2));
  CHECK(timing.p90 == Approx(10));
  CHECK(timing.ci_low == 2);
  CHECK(timing.ci_high == 10);
  CHECK(timing.samples == samples);  // in order of measurement
  CHECK(timing.stopped_by == "precision");
}

TEST_CASE("an even number of samples has its median and percentiles between two of them") {
  const Timing timing = summarize(std::vector<double>{4, 1, 2, 8}, "");
  CHECK(timing.median == 3);
  CHECK(timing.p10 == Approx(1.3));
  CHECK(timing.p90 == Approx(6.8));
}

TEST_CASE("one sample is its own statistics") {
  const Timing timing = summarize(std::vector<double>{7}, "");
  for (double value : {timing.median, timing.min, timing.p10, timing.p90, timing.ci_low, timing.ci_high}) {
    CHECK(value == 7);
  }
}
