#include "bench/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace nvfp4bench::bench {
namespace {

double quantile(std::span<const double> sorted, double q) {
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

}  // namespace

std::size_t median_interval_rank(std::size_t n) {
  const auto size = static_cast<double>(n);
  // From the middle down: p = P(B = k), below = P(B < k). Half of everything but the middle lies below it.
  auto k = static_cast<double>((n + 1) / 2);
  double p =
      std::exp(std::lgamma(size + 1) - std::lgamma(k + 1) - std::lgamma(size - k + 1) - size * std::log(2));
  double below = n % 2 == 0 ? (1 - p) / 2 : 0.5;
  while (k > 1 && below > 0.025) {
    p *= k / (size - k + 1);
    k -= 1;
    below -= p;
  }
  return static_cast<std::size_t>(k);
}

Timing summarize(std::span<const double> samples, std::string stopped_by) {
  std::vector<double> sorted(samples.begin(), samples.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t rank = median_interval_rank(sorted.size());

  Timing timing;
  timing.samples.assign(samples.begin(), samples.end());
  timing.median = quantile(sorted, 0.5);
  timing.min = sorted.front();
  timing.p10 = quantile(sorted, 0.1);
  timing.p90 = quantile(sorted, 0.9);
  timing.ci_low = sorted[rank - 1];
  timing.ci_high = sorted[sorted.size() - rank];
  timing.stopped_by = std::move(stopped_by);
  return timing;
}

}  // namespace nvfp4bench::bench
