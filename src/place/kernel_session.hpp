// A session in this process.
#pragma once

#include <memory>
#include <optional>
#include <string>
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
  bool prepares_weights() const override { return bound_->kernel->prepares_weights(); }
  void renew(std::span<const data::Piece> pieces) override { stage_.renew(pieces); }
  void poison(uint32_t pattern) override { stage_.poison(pattern); }
  std::span<const Method> methods() const override { return methods_; }
  void settle(Method method) override;
  Sample run(Method method) override;
  void fetch() override { stage_.fetch(); }
  std::string damage() override { return stage_.damage(); }
  std::vector<std::string> remarks() const override { return remarks_; }

 private:
  Sample measure(Method method);
  Sample run_rotated();
  /// Calls into the kernel, and puts back what it leaves changed of this process, even if it throws.
  template <class Call>
  auto guarded(Call call);

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
  std::vector<std::string> remarks_;
  double call_s_ = 0;  // the latest, by the first method
};

}  // namespace nvfp4bench::place
