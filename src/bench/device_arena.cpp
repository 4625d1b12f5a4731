#include "bench/device_arena.hpp"

#include <fmt/format.h>

#include "bench/device_stopwatch.hpp"
#include "bench/gpu.hpp"
#include "bench/rotation.hpp"
#include "nvfp4/scale_layout.hpp"

namespace nvfp4bench::bench {
namespace {

/// Before, between and after operands; keeps their alignment.
constexpr int64_t kPadBytes = 4096;
/// Left for the kernels' own temporaries; one that needs more errs when it is bound.
constexpr int64_t kForKernels_bytes = 512 << 20;

/// An operand array on the host, and the pointer to it in the view that kernels get.
struct Array {
  const uint8_t*& pointer;
  int64_t bytes;
};

std::vector<Array> arrays_of(ProblemView& view) {
  std::vector<Array> arrays;
  for (GroupView& group : view.groups) {
    for (MatrixView* matrix : {&group.a, &group.b1, &group.b2}) {
      if (!matrix->codes) continue;  // op gemm has no b2
      arrays.push_back({matrix->codes, matrix->l * matrix->rows * matrix->k / 2});
      arrays.push_back({matrix->scales, matrix->l * nvfp4::blocked_scale_bytes(matrix->rows, matrix->k)});
    }
  }
  return arrays;
}

int64_t padded(int64_t bytes) { return (bytes + kPadBytes - 1) / kPadBytes * kPadBytes + kPadBytes; }

int64_t free_memory_bytes() {
  std::size_t free = 0;
  std::size_t total = 0;
  cuda::check(cudaMemGetInfo(&free, &total), "asking for free GPU memory");
  return static_cast<int64_t>(free);
}

}  // namespace

DeviceArena::DeviceArena(DeviceState& state, const ProblemView& host, data::OutputImage& outputs)
    : state_(state), host_outputs_(outputs.images()), view_(host) {
  const std::vector<Array> arrays = arrays_of(view_);
  int64_t operand_bytes = kPadBytes;
  for (const Array& array : arrays) operand_bytes += padded(array.bytes);
  int64_t needed = operand_bytes + kForKernels_bytes;
  for (std::span<uint8_t> image : host_outputs_) needed += std::ssize(image);

  const int64_t free = free_memory_bytes();
  if (needed > free) {
    throw NotEnoughGpuMemory(fmt::format("needs {:.2f} GB of GPU memory, {:.2f} GB are free",
                                         static_cast<double>(needed) / 1e9, static_cast<double>(free) / 1e9));
  }

  operands_ = cuda::DeviceBuffer(static_cast<std::size_t>(operand_bytes));
  cuda::check(cudaMemset(operands_.data(), 0xFF, operands_.bytes()), "filling the gaps between operands");
  uint8_t* next = operands_.data() + kPadBytes;
  for (const Array& array : arrays) {
    cuda::check(
        cudaMemcpy(next, array.pointer, static_cast<std::size_t>(array.bytes), cudaMemcpyHostToDevice),
        "copying operands to the GPU");
    array.pointer = next;
    next += padded(array.bytes);
  }
  for (std::size_t g = 0; g < host_outputs_.size(); ++g) {
    const cuda::DeviceBuffer& output = outputs_.emplace_back(host_outputs_[g].size());
    view_.groups[g].c = output.data() + data::OutputImage::kGuardBytes;
  }
}

void DeviceArena::send_outputs() {
  for (std::size_t g = 0; g < outputs_.size(); ++g) {
    cuda::check(
        cudaMemcpy(outputs_[g].data(), host_outputs_[g].data(), outputs_[g].bytes(), cudaMemcpyHostToDevice),
        "copying poison to the GPU");
  }
  // The copies are of pageable memory: they may return before the last bytes have arrived.
  cuda::check(cudaDeviceSynchronize(), "copying poison to the GPU");
}

void DeviceArena::fetch_outputs() {
  for (std::size_t g = 0; g < outputs_.size(); ++g) {
    cuda::check(
        cudaMemcpy(host_outputs_[g].data(), outputs_[g].data(), outputs_[g].bytes(), cudaMemcpyDeviceToHost),
        "copying outputs from the GPU");
  }
}

std::unique_ptr<Stopwatch> DeviceArena::make_stopwatch() { return std::make_unique<DeviceStopwatch>(state_); }

OperandCopies DeviceArena::copy_operands() {
  int64_t operand_bytes = 0;
  for (const Array& array : arrays_of(view_)) operand_bytes += array.bytes;
  const int64_t further = copies_to_rotate(operand_bytes, state_.device.l2_bytes) - 1;
  if (further * static_cast<int64_t>(operands_.bytes()) > free_memory_bytes() / 2) return {};

  OperandCopies copies;
  const auto buffers = std::make_shared<std::vector<cuda::DeviceBuffer>>();
  for (int64_t i = 0; i < further; ++i) {
    const cuda::DeviceBuffer& buffer = buffers->emplace_back(operands_.bytes());
    cuda::check(cudaMemcpy(buffer.data(), operands_.data(), buffer.bytes(), cudaMemcpyDeviceToDevice),
                "copying operands within the GPU");
    for (const Array& array : arrays_of(copies.views.emplace_back(view_)))
      array.pointer = buffer.data() + (array.pointer - operands_.data());
  }
  // Copies within the GPU return before they are done, and kernels' streams do not wait for them.
  cuda::check(cudaDeviceSynchronize(), "copying operands within the GPU");
  copies.memory = buffers;
  return copies;
}

}  // namespace nvfp4bench::bench
