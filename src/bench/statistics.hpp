// Statistics of repeated time measurements. Distribution-free: times are skewed, so nothing here assumes a
// normal distribution, and no sample is ever discarded.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "model/metrics.hpp"
#include "model/result.hpp"

namespace nvfp4bench::bench {

/// The rank r (1 is the smallest sample) such that the r-th smallest and the r-th largest of n samples
/// enclose the median of the distribution with a confidence of at least 95 %, as narrowly as ranks allow: the
/// largest r with P(Binomial(n, 1/2) < r) <= 2.5 %. Exact for independent samples of any continuous
/// distribution (David and Nagaraja, Order Statistics, 3rd ed., section 7.1). With fewer than 6 samples even
/// the whole range has less confidence, 1 - 2^(1-n); r is 1 then.
std::size_t median_interval_rank(std::size_t n);

/// Median (mean of the middle two), minimum, 10th and 90th percentile (linear between ranks, as
/// numpy.quantile does by default) and the confidence interval of the median. `samples` must not be empty;
/// they are kept.
Timing summarize(std::span<const double> samples, std::string stopped_by);

}  // namespace nvfp4bench::bench
