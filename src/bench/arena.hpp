// Where the operands and outputs of a problem live while kernels work on them.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "bench/stopwatch.hpp"
#include "model/views.hpp"

namespace nvfp4bench::bench {

/// Further copies of a problem's operands, which live as long as this. Outputs are the arena's own.
struct OperandCopies {
  std::vector<ProblemView> views;
  std::shared_ptr<void> memory;
};

/// Operands are brought there once and shared by all kernels. Outputs have their image on the host, poison
/// and guard bands included, so that one judge serves every target: send it before a run, fetch it after.
class Arena {
 public:
  virtual ~Arena() = default;
  /// The problem as kernels see it; valid while the arena lives.
  virtual const ProblemView& view() const = 0;
  virtual void send_outputs() = 0;
  virtual void fetch_outputs() = 0;
  virtual std::unique_ptr<Stopwatch> make_stopwatch() = 0;
  /// As many as rotating takes (bench/rotation.hpp). None where nothing is rotated, or memory is short.
  virtual OperandCopies copy_operands() = 0;
  /// Nothing can run here any more, and what lives here cannot be freed: whatever holds it must be leaked.
  virtual bool lost() = 0;
};

/// Kernels work on the host's own memory.
class HostArena : public Arena {
 public:
  HostArena(const ProblemView& view, HostClock now) : view_(view), now_(std::move(now)) {}
  const ProblemView& view() const override { return view_; }
  void send_outputs() override {}
  void fetch_outputs() override {}
  std::unique_ptr<Stopwatch> make_stopwatch() override { return std::make_unique<HostStopwatch>(now_); }
  OperandCopies copy_operands() override { return {}; }
  bool lost() override { return false; }

 private:
  const ProblemView& view_;
  HostClock now_;
};

}  // namespace nvfp4bench::bench
