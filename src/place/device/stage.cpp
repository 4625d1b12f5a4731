#include "place/device/stage.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "data/operand_arrays.hpp"
#include "kernels/probe/hash.hpp"
#include "kernels/probe/poison.hpp"
#include "place/device/stopwatch.hpp"
#include "place/rotation.hpp"

namespace nvfp4bench::place {
namespace {

using data::OutputImage;

/// Before, between and after operands; keeps their alignment.
constexpr int64_t kPadBytes = 4096;
/// Left for the kernels' own temporaries; one that needs more errs when it is bound.
constexpr int64_t kForKernels_bytes = 512 << 20;

int64_t padded(int64_t bytes) { return (bytes + kPadBytes - 1) / kPadBytes * kPadBytes + kPadBytes; }

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
  const std::vector<data::OperandArray> arrays = data::operand_arrays(view_);
  int64_t operand_bytes = kPadBytes;
  for (const data::OperandArray& array : arrays) operand_bytes += padded(array.bytes);
  int64_t needed = operand_bytes + kForKernels_bytes;
  for (std::span<uint8_t> image : images) needed += std::ssize(image);

  const int64_t free = free_memory_bytes();
  if (needed > free) {
    throw DoesNotFit(fmt::format("needs {:.2f} GB of GPU memory, {:.2f} GB are free",
                                 static_cast<double>(needed) / 1e9, static_cast<double>(free) / 1e9));
  }

  cuda::DeviceBuffer& operands = memory_->operands;
  operands = cuda::DeviceBuffer(static_cast<std::size_t>(operand_bytes));
  uint8_t* next = operands.data() + kPadBytes;
  for (const data::OperandArray& array : arrays) {
    array.pointer = next;
    next += padded(array.bytes);
  }
  copy_from_host();
  brought_hash_ = hash();
  for (std::size_t g = 0; g < images.size(); ++g) {
    const cuda::DeviceBuffer& output = memory_->outputs.emplace_back(images[g].size());
    view_.groups[g].c = output.data() + OutputImage::kGuardBytes;
  }
  memory_->pinned = std::make_unique<PinnedImages>(images);
  // Copies of pageable memory may return before the last bytes have arrived, and kernels' streams do not wait.
  cuda::check(cudaDeviceSynchronize(), "copying operands to the GPU");
}

DeviceStage::~DeviceStage() {
  if (state_.lost()) (void)memory_.release();
}

void DeviceStage::copy_from_host() {
  const cuda::DeviceBuffer& operands = memory_->operands;
  cuda::check(cudaMemset(operands.data(), 0xFF, operands.bytes()), "filling the gaps between operands");
  const std::vector<data::OperandArray> from = data::operand_arrays(host_);
  const std::vector<data::OperandArray> to = data::operand_arrays(view_);
  for (std::size_t i = 0; i < to.size(); ++i) {
    cuda::check(cudaMemcpy(const_cast<uint8_t*>(to[i].pointer), from[i].pointer,
                           static_cast<std::size_t>(to[i].bytes), cudaMemcpyHostToDevice),
                "copying operands to the GPU");
  }
  // A copy of little, and a fill, return before they are done; kernels' streams do not wait for them.
  cuda::check(cudaDeviceSynchronize(), "copying operands to the GPU");
}

uint32_t DeviceStage::hash() const {
  const cudaStream_t stream = memory_->stream.get();
  const cuda::DeviceBuffer& operands = memory_->operands;
  uint32_t hash = 0;
  cuda::check(cudaMemsetAsync(memory_->hash.data(), 0, sizeof hash, stream), "hashing operands");
  kernels::probe::add_hash(operands.data(), static_cast<int64_t>(operands.bytes()),
                           memory_->hash.as<uint32_t>(), stream);
  cuda::check(cudaMemcpyAsync(&hash, memory_->hash.data(), sizeof hash, cudaMemcpyDeviceToHost, stream),
              "hashing operands");
  cuda::check(cudaStreamSynchronize(stream), "hashing operands");
  return hash;
}

std::string DeviceStage::damage() {
  if (hash() == brought_hash_) return "";
  std::string damage = "wrote between its operands";
  const std::vector<data::OperandArray> brought = data::operand_arrays(host_);
  const std::vector<data::OperandArray> found = data::operand_arrays(view_);
  for (std::size_t i = 0; i < found.size(); ++i) {
    std::vector<uint8_t> bytes(static_cast<std::size_t>(found[i].bytes));
    cuda::check(cudaMemcpy(bytes.data(), found[i].pointer, bytes.size(), cudaMemcpyDeviceToHost),
                "comparing operands");
    if (std::equal(bytes.begin(), bytes.end(), brought[i].pointer)) continue;
    damage = fmt::format("wrote to its operands: {} of group {}", found[i].what, found[i].group);
    break;
  }
  copy_from_host();
  return damage;
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
  const cuda::DeviceBuffer& operands = memory_->operands;
  if (further * static_cast<int64_t>(operands.bytes()) > free_memory_bytes() / 2) return {};

  OperandCopies made;
  const auto buffers = std::make_shared<std::vector<cuda::DeviceBuffer>>();
  for (int64_t i = 0; i < further; ++i) {
    const cuda::DeviceBuffer& buffer = buffers->emplace_back(operands.bytes());
    cuda::check(cudaMemcpy(buffer.data(), operands.data(), buffer.bytes(), cudaMemcpyDeviceToDevice),
                "copying operands within the GPU");
    for (const data::OperandArray& array : data::operand_arrays(made.views.emplace_back(view_)))
      array.pointer = buffer.data() + (array.pointer - operands.data());
  }
  // Copies within the GPU return before they are done, and kernels' streams do not wait for them.
  cuda::check(cudaDeviceSynchronize(), "copying operands within the GPU");
  made.memory = buffers;
  return made;
}

}  // namespace nvfp4bench::place
