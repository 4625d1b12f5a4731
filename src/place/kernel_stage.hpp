// Stages in this process: what the host's and a GPU's have in common.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "place/place.hpp"
#include "place/stopwatch.hpp"

namespace nvfp4bench::place {

/// Further copies of a problem's operands, which live as long as this. Outputs are the stage's own.
struct OperandCopies {
  std::vector<ProblemView> views;
  std::shared_ptr<void> memory;
};

class KernelStage : public Stage {
 public:
  /// `machine` is what kernels are bound with; must outlive the stage.
  explicit KernelStage(const kernels::Machine& machine) : machine_(machine) {}

  std::unique_ptr<Session> open(const kernels::Variant& variant) final;

  const kernels::Machine& machine() const { return machine_; }
  /// The problem as kernels see it; valid while the stage lives.
  virtual const ProblemView& view() const = 0;
  /// As Session::renew, for the operands and all copies of them.
  virtual void renew(std::span<const data::Piece> pieces) = 0;
  virtual void poison(uint32_t pattern) = 0;
  virtual void fetch() = 0;
  virtual std::unique_ptr<Stopwatch> make_stopwatch(Call call) = 0;
  /// Leaves nothing of the operands in a cache, where a stopwatch does not see to that.
  virtual void sweep() {}
  /// Calls can be measured with operands rotated (rotation.hpp).
  virtual bool rotates() const = 0;
  /// As many as rotating takes. None where memory is short.
  virtual OperandCopies copy_operands() = 0;
  virtual bool lost() = 0;
  /// As Session::damage.
  virtual std::string damage() = 0;

 private:
  const kernels::Machine& machine_;
};

}  // namespace nvfp4bench::place
