// Measured summaries: what was measured of a variant beside the time that results are compared by. A new one
// is added where it is measured; reports and files show it by its unit.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/method.hpp"

namespace nvfp4bench {

enum class Unit { seconds, hertz, bytes, bytes_per_s, flops_per_s, ratio, count };
inline constexpr std::array kUnits{Unit::seconds,     Unit::hertz, Unit::bytes, Unit::bytes_per_s,
                                   Unit::flops_per_s, Unit::ratio, Unit::count};

constexpr std::string_view to_string(Unit unit) {
  switch (unit) {
    case Unit::seconds:
      return "seconds";
    case Unit::hertz:
      return "hertz";
    case Unit::bytes:
      return "bytes";
    case Unit::bytes_per_s:
      return "bytes_per_s";
    case Unit::flops_per_s:
      return "flops_per_s";
    case Unit::ratio:
      return "ratio";
    case Unit::count:
      return "count";
  }
  return "?";
}

/// Repeated measurements of one thing, with statistics of `samples` (kept in order of measurement).
struct Statistics {
  std::vector<double> samples;
  double median = 0;
  double min = 0;
  double p10 = 0;
  double p90 = 0;
  /// 95 % confidence interval of the median.
  double ci_low = 0;
  double ci_high = 0;
  /// Why sampling ended: "precision", "time budget" or "sample limit".
  std::string stopped_by;
};

/// Statistics of seconds.
using Timing = Statistics;

struct Summary {
  /// A path for programs, the same in every version: "phase/fusion". See below.
  std::string tag;
  /// For people, beside the variant's name: "fusion".
  std::string title;
  Unit unit = Unit::seconds;
  /// The median, where there are statistics.
  double value = 0;
  std::optional<Statistics> statistics;
  /// Of the whole that this is a part of.
  std::optional<double> share;
  /// What the value alone does not say; "" if nothing.
  std::string note;
  /// For files; the table of the terminal leaves it out.
  bool detail = false;
};

// Tags that reports look for.
inline constexpr std::string_view kWeightPreparationTag = "time/weight_preparation";
/// What the board said right after each sample: the median, and the least. The note of the median says why the
/// clock was held down in any of them.
inline constexpr std::string_view kSmClockTag = "clock/sm";
inline constexpr std::string_view kSmClockMinTag = "clock/sm_min";
/// The same call measured by another method than VariantResult::timing: "time/warm_stream". With operands
/// rotated, a sample is the mean of many calls.
std::string tag_of(Method method);
/// The method that a tag is of.
std::optional<Method> method_of(std::string_view tag);
/// "pass 1" is "phase/pass_1".
std::string phase_tag(std::string_view phase);

Summary time_summary(std::string tag, std::string_view title, Timing timing);
/// Sets the share of each in the sum of their values, unless that is 0.
void share_out(std::span<Summary> parts);

/// The one with that tag, or null.
const Summary* find_summary(std::span<const Summary> summaries, std::string_view tag);

}  // namespace nvfp4bench
