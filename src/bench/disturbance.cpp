#include "bench/disturbance.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "bench/statistics.hpp"

namespace nvfp4bench::bench {
namespace {

/// Of one processor: less is what any system does now and then.
constexpr double kBusy = 0.5;
/// Of all processors' time.
constexpr double kStolen = 0.01;

}  // namespace

std::optional<ProcessorTime> parse_processor_time(std::istream& stat, long ticks_per_second) {
  std::string word;
  // user, nice, system, idle, iowait, irq, softirq, steal; guests are in user and nice already.
  std::array<double, 8> ticks{};
  if (!(stat >> word) || word != "cpu") return std::nullopt;
  for (double& count : ticks) {
    if (!(stat >> count)) return std::nullopt;
    count /= static_cast<double>(ticks_per_second);
  }
  ProcessorTime time{.busy_s = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6], .stolen_s = ticks[7]};
  for (std::string line; std::getline(stat, line);) time.processors += line.starts_with("cpu") ? 1 : 0;
  if (time.processors == 0) return std::nullopt;
  return time;
}

std::optional<ProcessorTime> processor_time() {
  std::ifstream stat("/proc/stat");
  return parse_processor_time(stat, ::sysconf(_SC_CLK_TCK));
}

double busy_processors(const ProcessorTime& before, const ProcessorTime& after, double elapsed_s) {
  return std::min<double>((after.busy_s - before.busy_s) / elapsed_s, after.processors);
}

std::string busy_line(double busy, int processors) {
  if (busy < kBusy) return "";
  return fmt::format("other processes keep {:.1f} of this machine's {} processors busy", busy, processors);
}

std::string stolen_line(const ProcessorTime& before, const ProcessorTime& after, double elapsed_s) {
  const double share = (after.stolen_s - before.stolen_s) / (elapsed_s * after.processors);
  if (share < kStolen) return "";
  return fmt::format("the hypervisor gave {:.0f} % of this machine's processor time to others", 100 * share);
}

std::optional<TwoModes> two_modes(std::span<const double> samples) {
  constexpr std::size_t kFewest = 10;
  // A gap in the middle, wide beside the values and beside the spread of all but the outermost samples.
  constexpr double kApart = 1.1;
  constexpr double kOfSpread = 0.5;
  const std::size_t n = samples.size();
  if (n < kFewest) return std::nullopt;
  std::vector<double> sorted(samples.begin(), samples.end());
  std::sort(sorted.begin(), sorted.end());
  std::size_t first_high = n / 10 + 1;
  for (std::size_t i = first_high; i < n - n / 10; ++i) {
    if (sorted[i] - sorted[i - 1] > sorted[first_high] - sorted[first_high - 1]) first_high = i;
  }
  const double below = sorted[first_high - 1];
  const double above = sorted[first_high];
  const double spread = sorted[n - 1 - n / 10] - sorted[n / 10];
  if (above < kApart * below || above - below < kOfSpread * spread) return std::nullopt;
  const std::span<const double> all(sorted);
  return TwoModes{.low = summarize(all.first(first_high), "").median,
                  .high = summarize(all.subspan(first_high), "").median,
                  .high_share = static_cast<double>(n - first_high) / static_cast<double>(n)};
}

}  // namespace nvfp4bench::bench
