// What else a machine does while times are taken on it.
#pragma once

#include <istream>
#include <optional>
#include <span>
#include <string>

namespace nvfp4bench::bench {

/// Time since the machine was started, summed over its processors, seconds.
struct ProcessorTime {
  double busy_s = 0;
  /// What a hypervisor gave to others while a processor here had work.
  double stolen_s = 0;
  int processors = 0;
};

/// From text such as that of /proc/stat; absent where it is not understood.
std::optional<ProcessorTime> parse_processor_time(std::istream& stat, long ticks_per_second);

/// Of this machine. Absent where the system does not say.
std::optional<ProcessorTime> processor_time();

/// How many processors others keep busy between two readings while this program sleeps. The kernel counts in
/// ticks, so never more than there are.
double busy_processors(const ProcessorTime& before, const ProcessorTime& after, double elapsed_s);

/// One line if that many are enough to disturb; else empty.
std::string busy_line(double busy, int processors);

/// One line if much was stolen between two readings; else empty.
std::string stolen_line(const ProcessorTime& before, const ProcessorTime& after, double elapsed_s);

/// Samples around two values that lie apart, with nothing between them.
struct TwoModes {
  double low = 0;  // medians
  double high = 0;
  double high_share = 0;
};

/// Absent for samples around one value, and for fewer than 10.
std::optional<TwoModes> two_modes(std::span<const double> samples);

}  // namespace nvfp4bench::bench
