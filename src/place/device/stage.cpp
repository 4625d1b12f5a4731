#include "place/device/stage.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "data/operand_arrays.hpp"
#include "kernels/probe/poison.hpp"
#include "place/device/stopwatch.hpp"
#include "place/rotation.hpp"

namespace nvfp4bench::place {
namespace {

using data::OutputImage;

/// Left for the kernels' own temporaries; one that needs more errs when it is bound.
constexpr int64_t kForKernels_bytes = 512 << 20;

int64_t free_memory_bytes() {
  std::size_t free = 0;
  std::size_t total = 0;
  cuda::check(cudaMemGetInfo(&free, &total), "asking for free GPU memory");
  return static_cast<int64_t>(free);
}

}  // namespace

/// Host memory that copies from the GPU go straight into. Memory that cannot be pinned works as well, slower.
class DeviceStage::PinnedImages {
 public:
  explicit PinnedImages(std::span<const std::span<uint8_t>> images) {
    for (const std::span<uint8_t> image : images) {
      if (cudaHostRegister(image.data(), image.size(), cudaHostRegisterDefault) == cudaSuccess) {
        pinned_.push_back(image.data());
      } else {
        (void)cudaGetLastError();
      }
    }
  }
  ~PinnedImages() {
    for (uint8_t* image : pinned_) (void)cudaHostUnregister(image);
  }
  PinnedImages(const PinnedImages&) = delete;
  PinnedImages& operator=(const PinnedImages&) = delete;

 private:
  std::vector<uint8_t*> pinned_;
};

DeviceStage::DeviceStage(DeviceState& state, const kernels::Machine& machine, const ProblemView& host,
                         OutputImage& outputs)
    : KernelStage(machine),
      state_(state),
      host_(host),
      host_outputs_(outputs.images()),
      view_(host),
      memory_(std::make_unique<Memory>()) {
  try {
    bring(host_outputs_);
  } catch (...) {
    if (state_.lost()) (void)memory_.release();
    throw;
  }
}

void DeviceStage::bring(std::span<const std::span<uint8_t>> images) {
  int64_t needed = DeviceOperands::bytes_for(host_) + kForKernels_bytes;
  for (std::span<uint8_t> image : images) needed += std::ssize(image);

  const int64_t free = free_memory_bytes();
  if (needed > free) {
    throw DoesNotFit(fmt::format("needs {:.2f} GB of GPU memory, {:.2f} GB are free",
                                 static_cast<double>(needed) / 1e9, static_cast<double>(free) / 1e9));
  }

  memory_->operands.emplace(host_);
  view_ = memory_->operands->in(host_);
  for (std::size_t g = 0; g < images.size(); ++g) {
    const cuda::DeviceBuffer& output = memory_->outputs.emplace_back(images[g].size());
    view_.groups[g].c = output.data() + OutputImage::kGuardBytes;
  }
  memory_->pinned = std::make_unique<PinnedImages>(images);
}

DeviceStage::~DeviceStage() {
  if (state_.lost()) (void)memory_.release();
}

void DeviceStage::poison(uint32_t pattern) {
  const cudaStream_t stream = memory_->stream.get();
  const int64_t element_bytes = bytes_per_element(view_.output);
  for (const cuda::DeviceBuffer& output : memory_->outputs) {
    const auto guard_bytes = static_cast<std::size_t>(OutputImage::kGuardBytes);
    const std::size_t c_bytes = output.bytes() - 2 * guard_bytes;
    for (uint8_t* guard : {output.data(), output.data() + guard_bytes + c_bytes}) {
      cuda::check(cudaMemsetAsync(guard, OutputImage::kGuardByte, guard_bytes, stream),
                  "renewing guard bands");
    }
    kernels::probe::poison(output.data() + guard_bytes, static_cast<int64_t>(c_bytes) / element_bytes,
                           element_bytes, pattern, stream);
  }
  // Kernels run on streams of their own, which do not wait for this one.
  cuda::check(cudaStreamSynchronize(stream), "poisoning outputs");
}

void DeviceStage::fetch() {
  const cudaStream_t stream = memory_->stream.get();
  for (std::size_t g = 0; g < host_outputs_.size(); ++g) {
    const cuda::DeviceBuffer& output = memory_->outputs[g];
    cuda::check(cudaMemcpyAsync(host_outputs_[g].data(), output.data(), output.bytes(),
                                cudaMemcpyDeviceToHost, stream),
                "copying outputs from the GPU");
  }
  cuda::check(cudaStreamSynchronize(stream), "copying outputs from the GPU");
}

std::unique_ptr<Stopwatch> DeviceStage::make_stopwatch(Call call) {
  return std::make_unique<DeviceStopwatch>(state_, std::move(call));
}

int64_t DeviceStage::copies() const {
  ProblemView view = view_;
  int64_t operand_bytes = 0;
  for (const data::OperandArray& array : data::operand_arrays(view)) operand_bytes += array.bytes;
  return copies_to_rotate(operand_bytes, state_.device.l2_bytes);
}

bool DeviceStage::rotates() const { return copies() > 1; }

OperandCopies DeviceStage::copy_operands() {
  const int64_t further = copies() - 1;
  if (further * memory_->operands->bytes() > free_memory_bytes() / 2) return {};
  return memory_->operands->copy(further, view_);
}

}  // namespace nvfp4bench::place
