// A problem in the memory of a GPU.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "place/device/state.hpp"
#include "place/kernel_stage.hpp"

namespace nvfp4bench::place {

/// All operands lie in one allocation with bytes of 0xFF around each, which as a scale are NaN: a kernel that
/// reads past a matrix and uses what it finds there shows in its output. Outputs are poisoned where they are,
/// and cross the bus once a sample, into the pinned image on the host.
class DeviceStage : public KernelStage {
 public:
  /// Throws DoesNotFit.
  DeviceStage(DeviceState& state, const kernels::Machine& machine, const ProblemView& host,
              data::OutputImage& outputs);
  ~DeviceStage() override;

  const ProblemView& view() const override { return view_; }
  void poison(uint32_t pattern) override;
  void fetch() override;
  std::unique_ptr<Stopwatch> make_stopwatch(Call call) override;
  bool rotates() const override;
  /// Takes at most half of the memory that is free; twins of the kernels need some as well.
  OperandCopies copy_operands() override;
  bool lost() override { return state_.lost(); }
  /// Damaged operands are brought again: others may share them.
  std::string damage() override;

 private:
  class PinnedImages;

  /// What must be leaked where the device is lost.
  struct Memory {
    cuda::DeviceBuffer operands;
    cuda::DeviceBuffer hash{sizeof(uint32_t)};
    std::vector<cuda::DeviceBuffer> outputs;
    std::unique_ptr<PinnedImages> pinned;
    cuda::Stream stream;
  };

  void bring(std::span<const std::span<uint8_t>> images);
  void copy_from_host();
  /// Of all operands, and of what lies between them.
  uint32_t hash() const;
  int64_t copies() const;

  DeviceState& state_;
  ProblemView host_;
  std::vector<std::span<uint8_t>> host_outputs_;
  ProblemView view_;
  std::unique_ptr<Memory> memory_;
  uint32_t brought_hash_ = 0;
};

}  // namespace nvfp4bench::place
