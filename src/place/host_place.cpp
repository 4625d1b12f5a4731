#include "place/host_place.hpp"

#include <optional>

#include "data/operand_arrays.hpp"
#include "kernels/cpu/caches.hpp"
#include "kernels/cpu/ceiling.hpp"
#include "kernels/cpu/engine.hpp"
#include "kernels/cpu/idle_memory.hpp"
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
  HostStage(const kernels::Machine& machine, const HostClock& now, int64_t cache_bytes,
            const ProblemView& view, data::OutputImage& outputs)
      : KernelStage(machine), now_(now), cache_bytes_(cache_bytes), view_(view), outputs_(outputs) {}

  const ProblemView& view() const override { return view_; }
  void renew(std::span<const data::Piece>) override {}  // operands are where they are
  void poison(uint32_t pattern) override { outputs_.poison(pattern); }
  void fetch() override {}
  std::unique_ptr<Stopwatch> make_stopwatch(Call call) override {
    return std::make_unique<HostStopwatch>(now_, std::move(call),
                                           AroundCall{[this] { sweep(); }, [this] { outputs_.look(); }},
                                           touched_bytes(view_) <= cache_bytes_);
  }
  bool rotates() const override { return false; }
  OperandCopies copy_operands() override { return {}; }
  bool lost() override { return false; }
  std::string damage() override { return ""; }

 private:
  void sweep() {
    if (cache_bytes_ == 0) return;
    if (!idle_) idle_.emplace(kTimesCaches * cache_bytes_, machine().threads);
    idle_->read(kernels::cpu::engine(machine().isa));
  }

  const HostClock& now_;
  const int64_t cache_bytes_;
  const ProblemView& view_;
  data::OutputImage& outputs_;
  std::optional<kernels::cpu::IdleMemory> idle_;
};

}  // namespace

Facts HostPlace::facts(bool measure) {
  Facts facts{.flush_bytes = kTimesCaches * cache_bytes_};
  if (measure) facts.ceilings = measure_ceiling_(machine_.isa, machine_.threads);
  return facts;
}

std::unique_ptr<Stage> HostPlace::bring(const ProblemView& host, data::OutputImage& outputs) {
  return std::make_unique<HostStage>(machine_, now_, cache_bytes_, host, outputs);
}

std::unique_ptr<Place> open_host(const kernels::Machine& machine) {
  return std::make_unique<HostPlace>(machine, steady_seconds, kernels::cpu::measure_ceiling,
                                     total_bytes(kernels::cpu::caches_here(machine.threads)));
}

}  // namespace nvfp4bench::place
