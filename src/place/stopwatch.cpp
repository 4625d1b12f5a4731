#include "place/stopwatch.hpp"

#include <chrono>

namespace nvfp4bench::place {
namespace {

/// Charges the time since the last phase ended to the phase that ends now.
class HostPhases : public kernels::PhaseSink {
 public:
  HostPhases(const HostClock& now, std::vector<PhaseTime>& phases) : now_(now), phases_(phases) {
    phases_.reserve(8);  // so that the timed window allocates nothing
  }

  void start(double at) { last_ = at; }

  void end_phase(std::string_view name) override {
    const double at = now_();
    add_phase(phases_, name, at - last_);
    last_ = at;
  }

 private:
  const HostClock& now_;
  std::vector<PhaseTime>& phases_;
  double last_ = 0;
};

}  // namespace

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::span<const Method> HostStopwatch::methods() const {
  static constexpr Method kBoth[] = {Method::cold_wall, Method::warm_wall};
  return std::span(kBoth).first(fits_caches_ ? 2 : 1);
}

Sample HostStopwatch::measure(Method) {
  Sample sample;
  HostPhases phases(now_, sample.phases);
  kernels::RunContext context{.phases = phases};

  const double start = now_();
  phases.start(start);
  call_(context);
  sample.seconds = now_() - start;
  if (returned_) returned_();
  return sample;
}

}  // namespace nvfp4bench::place
