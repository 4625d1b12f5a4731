// Watches what else the machine does while one problem is measured.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/instruments.hpp"

namespace nvfp4bench::bench {

/// Others can only be told from this program while it does nothing, so a look takes a moment of sleep.
class Lookout {
 public:
  /// `instruments` must outlive it. Stolen time counts from now on.
  explicit Lookout(const Instruments& instruments);

  void look();
  /// look(), unless the last one was only seconds ago.
  void look_now_and_then();

  /// A line for each thing that was seen, the busiest look for load; empty if nothing was.
  std::vector<std::string> seen() const;

 private:
  const Instruments& instruments_;
  std::optional<ProcessorTime> first_;
  double first_s_ = 0;
  std::optional<double> looked_s_;
  double busiest_ = 0;  // processors
};

}  // namespace nvfp4bench::bench
