// What of a process a kernel might leave changed behind it.
#pragma once

#include <csignal>
#include <sched.h>
#include <string>
#include <vector>

namespace nvfp4bench::place {

/// The floating-point environment of the calling thread, signal handlers, locale, OpenMP's defaults, and the
/// CPUs that the calling thread may use.
class Environment {
 public:
  /// As it is now.
  Environment();

  /// Puts back what has changed since; what that was, in words for a reader ("flush-to-zero mode").
  std::vector<std::string> restore() const;

 private:
  struct FloatingPoint {
    unsigned control = 0;  // of vector units: modes and masks, not what has happened
    int rounding = 0;      // of everything else
    bool operator==(const FloatingPoint&) const = default;
  };
  static FloatingPoint floating_point();

  static constexpr int kSignals = 65;

  FloatingPoint floating_point_;
  struct sigaction handlers_[kSignals] = {};
  std::string locale_;
  int omp_threads_;
  bool omp_dynamic_;
  cpu_set_t cpus_;
};

}  // namespace nvfp4bench::place
