#include "place/host_place.hpp"

#include "data/operand_arrays.hpp"
#include "kernels/cpu/caches.hpp"
#include "kernels/cpu/ceiling.hpp"
#include "kernels/cpu/engine.hpp"
#include "place/kernel_stage.hpp"

namespace nvfp4bench::place {
namespace {

/// What is swept: so much that little is left of anything else, in caches that do not forget in order either.
constexpr int64_t kTimesCaches = 2;

/// All that a call has to touch.
int64_t touched_bytes(const ProblemView& view) {
  int64_t bytes = 0;
  for (const GroupView& group : view.groups)
    bytes += group.l() * group.m() * group.n() * bytes_per_element(view.output);
  ProblemView operands = view;
  for (const data::OperandArray& array : data::operand_arrays(operands))
    bytes += static_cast<int64_t>(array.bytes);
  return bytes;
}

class HostStage : public KernelStage {
 public:
  HostStage(HostPlace& place, const ProblemView& view, data::OutputImage& outputs)
      : KernelStage(place.machine()), place_(place), view_(view), outputs_(outputs) {}

  const ProblemView& view() const override { return view_; }
  void renew(std::span<const data::Piece>) override {}  // operands are where they are
  void poison(uint32_t pattern) override { outputs_.poison(pattern); }
  void fetch() override {}
  std::unique_ptr<Stopwatch> make_stopwatch(Call call) override {
    return std::make_unique<HostStopwatch>(
        place_.now(), std::move(call), [this] { outputs_.look(); }, place_.caches_hold(touched_bytes(view_)));
  }
  void sweep() override { place_.sweep(); }
  bool rotates() const override { return false; }
  OperandCopies copy_operands() override { return {}; }
  bool lost() override { return false; }
  std::string damage() override { return ""; }

 private:
  HostPlace& place_;
  const ProblemView& view_;
  data::OutputImage& outputs_;
};

}  // namespace

Facts HostPlace::facts(bool measure) {
  timed_ = measure;
  Facts facts{.flush_bytes = kTimesCaches * cache_bytes_};
  if (measure) facts.ceilings = measure_ceiling_(machine_.isa, machine_.threads);
  return facts;
}

void HostPlace::sweep() {
  if (!timed_ || cache_bytes_ == 0) return;
  if (!idle_) idle_.emplace(kTimesCaches * cache_bytes_, machine_.threads);
  idle_->read(kernels::cpu::engine(machine_.isa));
}

std::unique_ptr<Stage> HostPlace::bring(const ProblemView& host, data::OutputImage& outputs) {
  return std::make_unique<HostStage>(*this, host, outputs);
}

std::unique_ptr<Place> open_host(const kernels::Machine& machine) {
  return std::make_unique<HostPlace>(machine, steady_seconds, kernels::cpu::measure_ceiling,
                                     total_bytes(kernels::cpu::caches_here(machine.threads)));
}

}  // namespace nvfp4bench::place
