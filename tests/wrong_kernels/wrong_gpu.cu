// Variants that take the GPU with them.
#include "cuda/check.hpp"
#include "cuda/memory.hpp"
#include "model/scale_tiles.hpp"
#include "wrong_kernels/wrong_kernels.hpp"

namespace nvfp4bench::wrong_kernels {
namespace {

constexpr std::string_view kRealGpu = "cublaslt/two_pass";

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

__global__ void write_one(uint8_t* at) { *at = 1; }

/// Right, and then overwrites a scale of a that is padding: no output depends on it.
class Overwrites : public kernels::Kernel {
 public:
  Overwrites(const ProblemView& problem, const kernels::Machine& machine)
      : kernel_(bind_real(kRealGpu, problem, machine)) {
    const MatrixView& a = problem.groups[0].a;
    last_ = const_cast<uint8_t*>(a.scales) + a.l * blocked_scale_bytes(a.rows, a.k) - 1;
  }
  bool prepares_weights() const override { return kernel_->prepares_weights(); }
  void prepare_weights(kernels::RunContext& context) override { kernel_->prepare_weights(context); }
  void run(kernels::RunContext& context) override {
    kernel_->run(context);
    write_one<<<1, 1, 0, context.stream>>>(last_);
    cuda::check(cudaGetLastError(), "launching a kernel that overwrites an operand");
  }

 private:
  std::unique_ptr<kernels::Kernel> kernel_;
  uint8_t* last_;
};

kernels::Variant overwrites() {
  kernels::Variant variant;
  variant.name = "wrong/gpu_overwrites";
  variant.summary = "right, but for a scale of a that it overwrites";
  variant.on_gpu = true;
  variant.why_not = [](const kernels::Variant&, const Problem& problem, const kernels::Machine& machine) {
    return kernels::why_not(real(kRealGpu), problem, machine);
  };
  variant.bind = [](const kernels::Variant&, const ProblemView& problem,
                    const kernels::Machine& machine) -> std::unique_ptr<kernels::Kernel> {
    return std::make_unique<Overwrites>(problem, machine);
  };
  return variant;
}

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
const kernels::Variant gpu_overwrites = overwrites();
const kernels::Variant gpu_hangs = loses_gpu<true>("wrong/gpu_hangs", "never ends");

}  // namespace nvfp4bench::wrong_kernels
