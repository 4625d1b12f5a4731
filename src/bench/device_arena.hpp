// A problem in the memory of a GPU.
#pragma once

#include <span>
#include <vector>

#include "bench/arena.hpp"
#include "bench/device_state.hpp"
#include "data/output_image.hpp"

namespace nvfp4bench::bench {

/// All operands lie in one allocation with bytes of 0xFF around each, which as a scale are NaN: a kernel that
/// reads past a matrix and uses what it finds there shows in its output.
class DeviceArena : public Arena {
 public:
  /// Throws NotEnoughGpuMemory.
  DeviceArena(DeviceState& state, const ProblemView& host, data::OutputImage& outputs);

  const ProblemView& view() const override { return view_; }
  void send_outputs() override;
  void fetch_outputs() override;
  std::unique_ptr<Stopwatch> make_stopwatch() override;
  /// Takes at most half of the memory that is free; twins of the kernels need some as well.
  OperandCopies copy_operands() override;
  bool lost() override { return state_.lost(); }

 private:
  DeviceState& state_;
  std::vector<std::span<uint8_t>> host_outputs_;
  ProblemView view_;
  cuda::DeviceBuffer operands_;
  std::vector<cuda::DeviceBuffer> outputs_;
};

}  // namespace nvfp4bench::bench
