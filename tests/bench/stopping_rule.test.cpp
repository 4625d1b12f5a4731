#include "bench/stopping_rule.hpp"

#include "catch.hpp"

using namespace nvfp4bench::bench;

namespace {

/// Feeds the samples of a cycle until the rule is done; the number taken.
std::size_t feed(StoppingRule& rule, const std::vector<double>& cycle, double overhead_s = 0) {
  std::size_t n = 0;
  for (; !rule.done(); ++n) rule.add(cycle[n % cycle.size()], cycle[n % cycle.size()] + overhead_s);
  return n;
}

}  // namespace

TEST_CASE("equal times need the six samples that an interval needs") {
  StoppingRule rule({.min_time_s = 0.5, .max_time_s = 10, .precision = 0.01});
  CHECK(feed(rule, {0.5}) == 6);
  CHECK(rule.stopped_by() == "precision");
  CHECK(rule.samples().size() == 6);
}

TEST_CASE("a precise median still waits for the minimum time") {
  StoppingRule rule({.min_time_s = 8, .max_time_s = 10, .precision = 0.01});
  CHECK(feed(rule, {0.5}) == 16);
  CHECK(rule.stopped_by() == "precision");
}

TEST_CASE("noisy times end with the time budget, which pays for the checks between samples too") {
  StoppingRule rule({.min_time_s = 0.5, .max_time_s = 10, .precision = 0.01});
  CHECK(feed(rule, {0.25, 0.75}, 0.5) == 10);
  CHECK(rule.stopped_by() == "time budget");
}

TEST_CASE("a kernel slower than the whole budget still has one sample") {
  StoppingRule rule({.min_time_s = 0.5, .max_time_s = 10, .precision = 0.01});
  CHECK(feed(rule, {60}) == 1);
  CHECK(rule.stopped_by() == "time budget");
}

TEST_CASE("microsecond kernels end at the sample limit") {
  StoppingRule rule({.min_time_s = 1, .max_time_s = 10, .precision = 0.01});
  CHECK(feed(rule, {4e-6, 6e-6}) == kMaxSamples);
  CHECK(rule.stopped_by() == "sample limit");
}

TEST_CASE("a median tighter than the precision asked for ends sampling, a looser one does not") {
  const std::vector<double> within_two_percent{0.99, 1.00, 1.01, 0.98, 1.02, 1.00};
  StoppingRule loose({.min_time_s = 0, .max_time_s = 100, .precision = 0.025});
  CHECK(feed(loose, within_two_percent) == 6);
  CHECK(loose.stopped_by() == "precision");
  StoppingRule tight({.min_time_s = 0, .max_time_s = 100, .precision = 0.001});
  CHECK(feed(tight, within_two_percent) > 6);
}
