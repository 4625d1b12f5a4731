// Numbers derived from results, in one place so that all reports agree.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "model/result.hpp"

namespace nvfp4bench {

/// The variant with that target and idea, or null.
const VariantResult* find_variant(const ProblemResult& problem, std::string_view target,
                                  std::string_view idea);
/// The passed and timed variant with the smallest median, or null.
const VariantResult* fastest(const ProblemResult& problem);

/// Likewise, among those that ran on the GPU, or on the CPU.
const VariantResult* fastest_on(bool gpu, const ProblemResult& problem);

/// The measured ceilings of where a variant ran.
std::optional<Ceilings> ceilings_of(const RunResult& run, bool gpu);

/// All absent without a time.
struct Metrics {
  std::optional<double> flops_per_s;
  /// Compulsory bytes (model/work.hpp) per second: not what the variant really moves.
  std::optional<double> bytes_per_s;
  /// Speed of light of the measured machine over the median, by what VariantResult::method leaves in the caches; 1
  /// is the roofline.
  std::optional<double> roofline_fraction;
  /// Median of two_pass on the same target over the median; absent for op gemm, which has none, and where one of
  /// the two has too few samples to be compared.
  std::optional<double> speedup_vs_two_pass;
  /// Half the 95 % interval of the median, relative to it; absent where has_interval() is false.
  std::optional<double> half_ci;
};

Metrics metrics_of(const RunResult& run, const ProblemResult& problem, const VariantResult& variant);

/// Metrics::roofline_fraction of a time by another method. Absent where it has no known ceilings.
std::optional<double> roofline_fraction(const RunResult& run, const ProblemResult& problem, bool gpu,
                                        Method method, double seconds);

/// Fewest samples that have a 95 % confidence interval of the median.
inline constexpr std::size_t kFewestForInterval = 6;

/// The interval of the median has the confidence that it claims.
bool has_interval(const Timing& timing);

/// The intervals of the medians overlap, or one has none: no difference can be claimed.
bool indistinguishable(const Timing& a, const Timing& b);

}  // namespace nvfp4bench
