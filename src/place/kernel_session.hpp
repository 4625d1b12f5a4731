// A session in this process.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "place/kernel_stage.hpp"
#include "place/rotation.hpp"

namespace nvfp4bench::place {

class KernelSession : public Session {
 public:
  KernelSession(KernelStage& stage, const kernels::Variant& variant);
  ~KernelSession() override;

  std::optional<double> prepare() override;
  int64_t workspace_bytes() const override { return bound_->kernel->workspace_bytes(); }
  void poison(uint32_t pattern) override { stage_.poison(pattern); }
  std::span<const Method> methods() const override { return methods_; }
  Sample run(Method method) override;
  void fetch() override { stage_.fetch(); }

 private:
  Sample run_rotated();

  /// What must be leaked where the place is lost. Members end from the last to the first: those that may hold
  /// a graph of the kernel before it.
  struct Bound {
    std::unique_ptr<kernels::Kernel> kernel;
    std::unique_ptr<Stopwatch> stopwatch;
    std::unique_ptr<Rotation> rotation;
  };

  KernelStage& stage_;
  const kernels::Variant& variant_;
  std::unique_ptr<Bound> bound_;
  std::vector<Method> methods_;
  double call_s_ = 0;  // the latest, by the first method
};

}  // namespace nvfp4bench::place
