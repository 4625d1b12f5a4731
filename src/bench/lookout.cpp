#include "bench/lookout.hpp"

#include <algorithm>
#include <utility>

namespace nvfp4bench::bench {
namespace {

/// Ten ticks of the kernel's; between two looks 2 % of the time at most.
constexpr double kLook_s = 0.1;
constexpr double kBetween_s = 5;

}  // namespace

Lookout::Lookout(const Instruments& instruments)
    : instruments_(instruments), first_(instruments.processor_time()), first_s_(instruments.now()) {}

void Lookout::look() {
  const std::optional<ProcessorTime> before = instruments_.processor_time();
  if (!before) return;
  instruments_.sleep(kLook_s);
  const std::optional<ProcessorTime> after = instruments_.processor_time();
  looked_s_ = instruments_.now();
  if (after) busiest_ = std::max(busiest_, busy_processors(*before, *after, kLook_s));
}

void Lookout::look_now_and_then() {
  if (!looked_s_ || instruments_.now() - *looked_s_ >= kBetween_s) look();
}

std::vector<std::string> Lookout::seen() const {
  std::vector<std::string> lines;
  const std::optional<ProcessorTime> last = instruments_.processor_time();
  if (!first_ || !last) return lines;
  for (std::string line :
       {busy_line(busiest_, last->processors), stolen_line(*first_, *last, instruments_.now() - first_s_)}) {
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace nvfp4bench::bench
