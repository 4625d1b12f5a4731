// What everything on one GPU shares: streams of measurements, the flush buffer, the board's own readings.
#pragma once

#include <cstdint>

#include "cuda/memory.hpp"
#include "cuda/nvml.hpp"
#include "cuda/stream.hpp"
#include "kernels/probe/probe.hpp"
#include "model/device.hpp"

namespace nvfp4bench::place {

class DeviceState {
 public:
  /// Makes the device current for the calling thread.
  explicit DeviceState(const Device& device);

  /// Enqueues a read of twice the L2's size: what was in the L2 is not any more, and, unlike after a fill, no
  /// dirty line is left to be written back inside the timed window.
  void flush_l2(cudaStream_t stream) const;

  /// Returns when `event` has happened. Polls, because a blocking wait for a kernel that hangs never
  /// returns: after a time limit, the device is lost and this throws.
  void wait(const cuda::Event& event);
  /// Likewise, for the gate to be reached.
  void wait_for_gate(cudaStream_t stream);

  /// A kernel hangs, or an error has made the context unusable.
  bool lost();

  const Device device;
  const cuda::Nvml board;
  const cuda::HostShared<kernels::probe::Gate> gate;

  int64_t flush_bytes() const { return static_cast<int64_t>(flush_.bytes()); }

 private:
  template <class Done>
  void poll(Done done);

  cuda::DeviceBuffer flush_;
  cuda::DeviceBuffer sink_;
  bool lost_ = false;
};

}  // namespace nvfp4bench::place
