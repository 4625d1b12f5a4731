// SIGINT, SIGTERM and SIGHUP as a flag: the run ends at the next step and keeps what it has.
#pragma once

namespace nvfp4bench::cli {

/// While one lives, the first signal sets the flag; a second one kills the process as usual.
class InterruptFlag {
 public:
  InterruptFlag();
  ~InterruptFlag();
  InterruptFlag(const InterruptFlag&) = delete;
  InterruptFlag& operator=(const InterruptFlag&) = delete;

  static bool raised();
};

}  // namespace nvfp4bench::cli
