#include "place/host_place.hpp"

#include "kernels/cpu/ceiling.hpp"
#include "place/kernel_stage.hpp"

namespace nvfp4bench::place {
namespace {

class HostStage : public KernelStage {
 public:
  HostStage(const kernels::Machine& machine, const HostClock& now, const ProblemView& view,
            data::OutputImage& outputs)
      : KernelStage(machine), now_(now), view_(view), outputs_(outputs) {}

  const ProblemView& view() const override { return view_; }
  void renew(std::span<const data::Piece>) override {}  // operands are where they are
  void poison(uint32_t pattern) override { outputs_.poison(pattern); }
  void fetch() override {}
  std::unique_ptr<Stopwatch> make_stopwatch(Call call) override {
    return std::make_unique<HostStopwatch>(now_, std::move(call));
  }
  bool rotates() const override { return false; }
  OperandCopies copy_operands() override { return {}; }
  bool lost() override { return false; }
  std::string damage() override { return ""; }

 private:
  const HostClock& now_;
  const ProblemView& view_;
  data::OutputImage& outputs_;
};

}  // namespace

Facts HostPlace::facts(bool measure) {
  Facts facts;
  if (measure) facts.ceilings = measure_ceiling_(machine_.isa, machine_.threads);
  return facts;
}

std::unique_ptr<Stage> HostPlace::bring(const ProblemView& host, data::OutputImage& outputs) {
  return std::make_unique<HostStage>(machine_, now_, host, outputs);
}

std::unique_ptr<Place> open_host(const kernels::Machine& machine) {
  return std::make_unique<HostPlace>(machine, steady_seconds, kernels::cpu::measure_ceiling);
}

}  // namespace nvfp4bench::place
