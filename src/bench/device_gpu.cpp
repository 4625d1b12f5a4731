// A real GPU behind the Gpu interface.
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "bench/device_arena.hpp"
#include "bench/device_stopwatch.hpp"
#include "bench/gpu.hpp"
#include "kernels/cublaslt/tensor_rate.hpp"
#include "kernels/probe/probe.hpp"

namespace nvfp4bench::bench {
namespace {

constexpr std::size_t kReadBytes = std::size_t{2} << 30;
constexpr int kReads = 10;
constexpr int kEmptyLaunches = 50;

double measure_read_rate(DeviceState& state) {
  const cuda::DeviceBuffer data(kReadBytes);
  const cuda::DeviceBuffer sink(sizeof(uint32_t));
  cuda::check(cudaMemset(data.data(), 0x5A, kReadBytes), "filling memory to read");
  DeviceStopwatch stopwatch(state);
  double best = std::numeric_limits<double>::infinity();
  for (int read = 0; read < kReads; ++read) {
    const Sample sample = stopwatch.measure(Method::cold_stream, [&](kernels::RunContext& context) {
      kernels::probe::read_memory(data.data(), kReadBytes, sink.as<uint32_t>(), state.device.sm_count,
                                  context.stream);
    });
    best = std::min(best, sample.seconds);
  }
  return static_cast<double>(kReadBytes) / best;
}

double measure_launch_floor(DeviceState& state) {
  DeviceStopwatch stopwatch(state);
  double best = std::numeric_limits<double>::infinity();
  for (int launch = 0; launch < kEmptyLaunches; ++launch) {
    const auto empty = [](kernels::RunContext& context) { kernels::probe::nothing(context.stream); };
    best = std::min(best, stopwatch.measure(Method::cold_graph, empty).seconds);
  }
  return best;
}

class DeviceGpu : public Gpu {
 public:
  explicit DeviceGpu(const Device& device) : state_(device) {}

  GpuResult describe(bool ceilings) override {
    GpuResult result;
    result.device = state_.device;
    result.flush_bytes = state_.flush_bytes();
    if (!ceilings) return result;
    result.launch_floor_s = measure_launch_floor(state_);
    kernels::Machine machine;
    machine.gpu = state_.device;
    std::string why_not;
    if (const auto rate = kernels::cublaslt::measure_tensor_rate(machine, why_not)) {
      result.ceilings = Peak{
          .name = state_.device.name,
          .bytes_per_s = measure_read_rate(state_),
          .flops_per_s = *rate,
          .source = fmt::format("measured: reading {} GiB of DRAM; {} tensor cores, cuBLASLt, 8192 cubed",
                                kReadBytes >> 30, kernels::cublaslt::tensor_type(machine))};
    }
    return result;
  }

  std::unique_ptr<Arena> make_arena(const ProblemView& host, data::OutputImage& outputs) override {
    return std::make_unique<DeviceArena>(state_, host, outputs);
  }

 private:
  DeviceState state_;
};

}  // namespace

std::unique_ptr<Gpu> open_gpu(const Device& device) { return std::make_unique<DeviceGpu>(device); }

}  // namespace nvfp4bench::bench
