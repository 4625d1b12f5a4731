#include "model/summary.hpp"

#include <algorithm>
#include <utility>

namespace nvfp4bench {

std::string tag_of(Method method) { return "time/" + std::string(to_string(method)); }

std::optional<Method> method_of(std::string_view tag) {
  const auto found =
      std::find_if(kMethods.begin(), kMethods.end(), [&](Method method) { return tag_of(method) == tag; });
  return found == kMethods.end() ? std::nullopt : std::optional(*found);
}

std::string phase_tag(std::string_view phase) {
  std::string tag = "phase/" + std::string(phase);
  std::replace(tag.begin(), tag.end(), ' ', '_');
  return tag;
}

Summary time_summary(std::string tag, std::string_view title, Timing timing) {
  Summary summary;
  summary.tag = std::move(tag);
  summary.title = title;
  summary.value = timing.median;
  summary.statistics = std::move(timing);
  return summary;
}

void share_out(std::span<Summary> parts) {
  double sum = 0;
  for (const Summary& part : parts) sum += part.value;
  if (!(sum > 0)) return;
  for (Summary& part : parts) part.share = part.value / sum;
}

const Summary* find_summary(std::span<const Summary> summaries, std::string_view tag) {
  const auto found = std::find_if(summaries.begin(), summaries.end(),
                                  [&](const Summary& summary) { return summary.tag == tag; });
  return found == summaries.end() ? nullptr : &*found;
}

}  // namespace nvfp4bench
