// The host as a place: kernels work on its own memory. Before a cold call all threads of the run read other memory,
// more than all their caches hold.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "kernels/cpu/idle_memory.hpp"
#include "place/place.hpp"
#include "place/stopwatch.hpp"

namespace nvfp4bench::place {

class HostPlace : public Place {
 public:
  using MeasureCeiling = std::function<Ceilings(Isa isa, int threads)>;

  /// `machine` outlives the place. Its caches, those of all threads, hold `cache_bytes`.
  HostPlace(const kernels::Machine& machine, HostClock now, MeasureCeiling measure_ceiling,
            int64_t cache_bytes)
      : machine_(machine),
        now_(std::move(now)),
        measure_ceiling_(std::move(measure_ceiling)),
        cache_bytes_(cache_bytes) {}

  Facts facts(bool measure) override;
  std::unique_ptr<Stage> bring(const ProblemView& host, data::OutputImage& outputs) override;
  bool lost() override { return false; }

  const kernels::Machine& machine() const { return machine_; }
  const HostClock& now() const { return now_; }
  /// The caches can hold so much.
  bool caches_hold(int64_t bytes) const { return bytes <= cache_bytes_; }
  /// Leaves nothing in them of what they held, where calls are timed.
  void sweep();

 private:
  const kernels::Machine& machine_;
  HostClock now_;
  MeasureCeiling measure_ceiling_;
  int64_t cache_bytes_;
  bool timed_ = true;
  std::optional<kernels::cpu::IdleMemory> idle_;  // from the first sweep on
};

/// With the real clock, the real ceilings and the caches of this machine.
std::unique_ptr<Place> open_host(const kernels::Machine& machine);

}  // namespace nvfp4bench::place
