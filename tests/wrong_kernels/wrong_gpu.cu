// Variants that take the GPU with them.
#include <memory>
#include <vector>

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

/// Writes the outputs of the run before in every other run, as counted on the GPU: a graph does so as well.
__global__ void keep_or_write(uint8_t* c, uint8_t* kept, int64_t bytes, const uint32_t* runs) {
  const bool write = *runs % 2 == 1;
  for (int64_t i = blockIdx.x * int64_t{blockDim.x} + threadIdx.x; i < bytes;
       i += gridDim.x * int64_t{blockDim.x})
    write ? c[i] = kept[i] : kept[i] = c[i];
}
__global__ void count(uint32_t* runs) { ++*runs; }

class Keeps : public kernels::Kernel {
 public:
  Keeps(const ProblemView& problem, const kernels::Machine& machine)
      : problem_(problem), kernel_(bind_real(kRealGpu, problem, machine)) {
    for (const GroupView& group : problem.groups)
      kept_.emplace_back(
          static_cast<std::size_t>(group.l() * group.m() * group.n() * bytes_per_element(problem.output)));
    cuda::check(cudaMemset(runs_.data(), 0, runs_.bytes()), "clearing a counter");
  }
  bool prepares_weights() const override { return kernel_->prepares_weights(); }
  void prepare_weights(kernels::RunContext& context) override { kernel_->prepare_weights(context); }
  void run(kernels::RunContext& context) override {
    kernel_->run(context);
    for (std::size_t g = 0; g < kept_.size(); ++g) {
      if (kept_[g].bytes() == 0) continue;
      keep_or_write<<<64, 256, 0, context.stream>>>(static_cast<uint8_t*>(problem_.groups[g].c),
                                                    kept_[g].data(), static_cast<int64_t>(kept_[g].bytes()),
                                                    runs_.as<uint32_t>());
    }
    count<<<1, 1, 0, context.stream>>>(runs_.as<uint32_t>());
    cuda::check(cudaGetLastError(), "launching a kernel that keeps its result");
  }

 private:
  const ProblemView problem_;
  std::unique_ptr<kernels::Kernel> kernel_;
  std::vector<cuda::DeviceBuffer> kept_;
  cuda::DeviceBuffer runs_{sizeof(uint32_t)};
};

template <class Kernel>
kernels::Variant around_real(std::string_view name, std::string_view summary) {
  kernels::Variant variant;
  variant.name = name;
  variant.summary = summary;
  variant.numerics = real(kRealGpu).numerics;
  variant.prepares_tokens = real(kRealGpu).prepares_tokens;
  variant.on_gpu = true;
  variant.why_not = [](const kernels::Variant&, const Problem& problem, const kernels::Machine& machine) {
    return kernels::why_not(real(kRealGpu), problem, machine);
  };
  variant.bind = [](const kernels::Variant&, const ProblemView& problem,
                    const kernels::Machine& machine) -> std::unique_ptr<kernels::Kernel> {
    return std::make_unique<Kernel>(problem, machine);
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
const kernels::Variant& gpu_overwrites() {
  static const kernels::Variant kVariant =
      around_real<Overwrites>("wrong/gpu_overwrites", "right, but for a scale of a that it overwrites");
  return kVariant;
}
const kernels::Variant& gpu_keeps() {
  static const kernels::Variant kVariant =
      around_real<Keeps>("wrong/gpu_keeps", "returns the result before in every other call");
  return kVariant;
}
const kernels::Variant gpu_hangs = loses_gpu<true>("wrong/gpu_hangs", "never ends");

}  // namespace nvfp4bench::wrong_kernels
