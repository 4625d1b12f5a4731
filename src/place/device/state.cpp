#include "place/device/state.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "place/stopwatch.hpp"

namespace nvfp4bench::place {
namespace {

/// Far beyond any honest kernel on any problem that fits the device.
constexpr double kHangLimit_s = 20;

int make_current(int ordinal) {
  cuda::check(cudaSetDevice(ordinal), "selecting the GPU");
  return ordinal;
}

std::size_t flush_size(const Device& device) {
  return (2 * static_cast<std::size_t>(device.l2_bytes) + 15) / 16 * 16;
}

}  // namespace

DeviceState::DeviceState(const Device& given)
    : device(given), board(make_current(given.ordinal)), flush_(flush_size(given)), sink_(sizeof(uint32_t)) {
  cuda::check(cudaMemset(flush_.data(), 0x5A, flush_.bytes()), "filling the flush buffer");
}

void DeviceState::flush_l2(cudaStream_t stream) const {
  cuda::check(cudaCtxResetPersistingL2Cache(), "resetting persisting lines of the L2");
  kernels::probe::read_memory(flush_.data(), flush_.bytes(), sink_.as<uint32_t>(), device.sm_count, stream);
}

template <class Done>
void DeviceState::poll(Done done) {
  const double begun = steady_seconds();
  while (!done()) {
    if (steady_seconds() - begun < kHangLimit_s) continue;
    lost_ = true;
    throw std::runtime_error(fmt::format("hangs: the GPU had not finished after {:g} s", kHangLimit_s));
  }
  (void)cudaGetLastError();  // "not ready" is an error to the runtime, and would be taken for a kernel's
}

void DeviceState::wait(const cuda::Event& event) {
  poll([&] {
    const cudaError_t status = cudaEventQuery(event.get());
    if (status == cudaErrorNotReady) return false;
    cuda::check(status, "running on the GPU");
    return true;
  });
}

void DeviceState::wait_for_gate(cudaStream_t stream) {
  poll([&] {
    if (gate->reached) return true;
    const cudaError_t status = cudaStreamQuery(stream);
    if (status != cudaErrorNotReady) cuda::check(status, "preparing a measurement on the GPU");
    return false;
  });
}

bool DeviceState::lost() {
  // Once an error sticks, every call reports it. Not asked of a device that hangs: the call might wait for it.
  if (!lost_) lost_ = cudaFree(nullptr) != cudaSuccess;
  return lost_;
}

}  // namespace nvfp4bench::place
