// Three clocks must agree before a GPU time is believed, and two before that of another process is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/summary.hpp"
#include "place/sample.hpp"

namespace nvfp4bench::bench {

/// Collects what other clocks, and the board, said of the samples. Any single reading of the host's clock may have
/// been held up: so medians are compared, or the least of many.
class CrossCheck {
 public:
  void add(const place::Sample& sample);

  /// Why the samples cannot be believed; empty if they can, or if no other clock was there.
  std::string why_not_believed() const;

  /// The SM clock after the samples; nothing if the board said nothing.
  std::vector<Summary> clocks() const;

 private:
  std::string why_not_from_outside() const;

  std::vector<double> seconds_;
  std::vector<double> host_s_;
  std::vector<double> device_s_;
  std::vector<double> tail_s_;
  struct Request {
    double seconds = 0;  // of the call
    double outside_s = 0;
  };
  std::vector<Request> requests_;
  std::vector<double> sm_hz_;
  uint64_t throttle_reasons_ = 0;
};

}  // namespace nvfp4bench::bench
