// The host as a place: kernels work on its own memory.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "place/place.hpp"
#include "place/stopwatch.hpp"

namespace nvfp4bench::place {

class HostPlace : public Place {
 public:
  using MeasureCeiling = std::function<Peak(Isa isa, int threads)>;

  /// `machine` outlives the place.
  HostPlace(const kernels::Machine& machine, HostClock now, MeasureCeiling measure_ceiling)
      : machine_(machine), now_(std::move(now)), measure_ceiling_(std::move(measure_ceiling)) {}

  Facts facts(bool measure) override;
  std::unique_ptr<Stage> bring(const ProblemView& host, data::OutputImage& outputs) override;
  bool lost() override { return false; }

 private:
  const kernels::Machine& machine_;
  HostClock now_;
  MeasureCeiling measure_ceiling_;
};

/// With the real clock and the real ceilings.
std::unique_ptr<Place> open_host(const kernels::Machine& machine);

}  // namespace nvfp4bench::place
