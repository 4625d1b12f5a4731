// Variants that take the GPU with them.
#include "cuda/check.hpp"
#include "cuda/memory.hpp"
#include "wrong_kernels/wrong_kernels.hpp"

namespace nvfp4bench::wrong_kernels {
namespace {

__global__ void write_to_null(uint32_t* nowhere) { *nowhere = 1; }
__global__ void wait_for_ever(const volatile uint32_t* never) {
  while (*never == 0) {
  }
}

template <bool kHangs>
class LosesGpu : public kernels::Kernel {
 public:
  LosesGpu() { cuda::check(cudaMemset(never_.data(), 0, never_.bytes()), "clearing a flag"); }
  void run(kernels::RunContext& context) override {
    if constexpr (kHangs) {
      wait_for_ever<<<1, 1, 0, context.stream>>>(never_.as<uint32_t>());
    } else {
      write_to_null<<<1, 1, 0, context.stream>>>(nullptr);
    }
    cuda::check(cudaGetLastError(), "launching a kernel that loses the GPU");
  }

 private:
  cuda::DeviceBuffer never_{sizeof(uint32_t)};
};

template <bool kHangs>
kernels::Variant loses_gpu(std::string_view name, std::string_view summary) {
  kernels::Variant variant;
  variant.name = name;
  variant.summary = summary;
  variant.on_gpu = true;
  variant.why_not = [](const kernels::Variant&, const Problem&, const kernels::Machine&) {
    return std::string();
  };
  variant.bind = [](const kernels::Variant&, const ProblemView&,
                    const kernels::Machine&) -> std::unique_ptr<kernels::Kernel> {
    return std::make_unique<LosesGpu<kHangs>>();
  };
  return variant;
}

}  // namespace

const kernels::Variant gpu_faults = loses_gpu<false>("wrong/gpu_faults", "writes to a null pointer");
const kernels::Variant gpu_hangs = loses_gpu<true>("wrong/gpu_hangs", "never ends");

}  // namespace nvfp4bench::wrong_kernels
