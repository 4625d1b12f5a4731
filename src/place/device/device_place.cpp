#include "place/device_place.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "kernels/cublaslt/tensor_rate.hpp"
#include "kernels/probe/probe.hpp"
#include "place/device/stage.hpp"
#include "place/device/stopwatch.hpp"

namespace nvfp4bench::place {
namespace {

constexpr std::size_t kReadBytes = std::size_t{2} << 30;
constexpr int kReads = 10;
constexpr int kEmptyLaunches = 50;

double shortest(Stopwatch& stopwatch, Method method, int calls) {
  double best = std::numeric_limits<double>::infinity();
  for (int call = 0; call < calls; ++call) best = std::min(best, stopwatch.measure(method).seconds);
  return best;
}

double measure_read_rate(DeviceState& state) {
  const cuda::DeviceBuffer data(kReadBytes);
  const cuda::DeviceBuffer sink(sizeof(uint32_t));
  cuda::check(cudaMemset(data.data(), 0x5A, kReadBytes), "filling memory to read");
  DeviceStopwatch stopwatch(state, [&](kernels::RunContext& context) {
    kernels::probe::read_memory(data.data(), kReadBytes, sink.as<uint32_t>(), state.device.sm_count,
                                context.stream);
  });
  return static_cast<double>(kReadBytes) / shortest(stopwatch, Method::cold_stream, kReads);
}

double measure_launch_floor(DeviceState& state) {
  DeviceStopwatch stopwatch(state,
                            [](kernels::RunContext& context) { kernels::probe::nothing(context.stream); });
  return shortest(stopwatch, Method::cold_graph, kEmptyLaunches);
}

class DevicePlace : public Place {
 public:
  explicit DevicePlace(const kernels::Machine& machine)
      : machine_(machine), state_(std::make_unique<DeviceState>(*machine.gpu)) {}
  ~DevicePlace() override {
    if (state_->lost()) (void)state_.release();
  }

  Facts facts(bool measure) override {
    Facts facts{.device = state_->device,
                .flush_bytes = state_->flush_bytes(),
                .cold_cache_bytes = state_->device.l2_bytes};
    if (!measure) return facts;
    facts.launch_floor_s = measure_launch_floor(*state_);
    std::string why_not;
    if (const auto rate = kernels::cublaslt::measure_tensor_rate(machine_, why_not)) {
      facts.ceilings = Ceilings{
          {.name = state_->device.name,
           .bytes_per_s = measure_read_rate(*state_),
           .flops_per_s = *rate,
           .source = fmt::format("measured: reading {} GiB of DRAM; {} tensor cores, cuBLASLt, 8192 cubed",
                                 kReadBytes >> 30, kernels::cublaslt::tensor_type(machine_))}};
    }
    return facts;
  }

  std::unique_ptr<Stage> bring(const ProblemView& host, data::OutputImage& outputs) override {
    return std::make_unique<DeviceStage>(*state_, machine_, host, outputs);
  }

  bool lost() override { return state_->lost(); }

 private:
  const kernels::Machine& machine_;
  std::unique_ptr<DeviceState> state_;
};

}  // namespace

std::unique_ptr<Place> open_device(const kernels::Machine& machine) {
  return std::make_unique<DevicePlace>(machine);
}

}  // namespace nvfp4bench::place
