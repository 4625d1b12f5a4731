// A problem in the memory of a GPU.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "place/device/operands.hpp"
#include "place/device/state.hpp"
#include "place/kernel_stage.hpp"

namespace nvfp4bench::place {

/// Outputs are poisoned where they are, and cross the bus once a sample, into the pinned image on the host.
class DeviceStage : public KernelStage {
 public:
  /// Throws DoesNotFit.
  DeviceStage(DeviceState& state, const kernels::Machine& machine, const ProblemView& host,
              data::OutputImage& outputs);
  ~DeviceStage() override;

  const ProblemView& view() const override { return view_; }
  void renew(std::span<const data::Piece> pieces) override { memory_->operands->renew(pieces); }
  void poison(uint32_t pattern) override;
  void fetch() override;
  std::unique_ptr<Stopwatch> make_stopwatch(Call call) override;
  bool rotates() const override;
  /// Takes at most half of the memory that is free; twins of the kernels need some as well.
  OperandCopies copy_operands() override;
  bool lost() override { return state_.lost(); }
  std::string damage() override { return memory_->operands->damage(); }

 private:
  class PinnedImages;

  /// What must be leaked where the device is lost.
  struct Memory {
    std::optional<DeviceOperands> operands;
    std::vector<cuda::DeviceBuffer> outputs;
    std::unique_ptr<PinnedImages> pinned;
    cuda::Stream stream;
  };

  void bring(std::span<const std::span<uint8_t>> images);
  int64_t copies() const;

  DeviceState& state_;
  ProblemView host_;
  std::vector<std::span<uint8_t>> host_outputs_;
  ProblemView view_;
  std::unique_ptr<Memory> memory_;
};

}  // namespace nvfp4bench::place
