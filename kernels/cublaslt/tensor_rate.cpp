#include "kernels/cublaslt/tensor_rate.hpp"

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include "cuda/stream.hpp"
#include "kernels/cublaslt/baseline.hpp"
#include "kernels/cublaslt/library.hpp"
#include "nvfp4/scale_layout.hpp"

namespace nvfp4bench::kernels::cublaslt {
namespace {

constexpr int64_t kSize = 8192;
constexpr int kRuns = 20;
constexpr uint8_t kScaleOne = 0x38;  // UE4M3

/// Random codes: on zeros the clock would stay higher than real operands let it.
cuda::DeviceBuffer random_codes(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<uint64_t> words(kSize * kSize / 2 / sizeof(uint64_t));
  for (uint64_t& word : words) word = random();
  cuda::DeviceBuffer codes(words.size() * sizeof(uint64_t));
  cuda::check(cudaMemcpy(codes.data(), words.data(), codes.bytes(), cudaMemcpyHostToDevice),
              "copying random operands to the GPU");
  return codes;
}

/// One product through the very path that cublaslt/gemm takes.
class Product : public Baseline {
 public:
  explicit Product(const Machine& machine) : Baseline(machine) {
    cuda::check(cudaMemset(scales_.data(), kScaleOne, scales_.bytes()), "filling scales");
    const auto matrix = [&](const cuda::DeviceBuffer& codes) {
      return MatrixView{.rows = kSize, .k = kSize, .l = 1, .codes = codes.data(), .scales = scales_.data()};
    };
    const PreparedMatrix& a = add_matrix({matrix(a_)});
    const PreparedMatrix& b = add_matrix({matrix(b_)});
    plan(pass_, a, b, 0, kSize, 1, OutputType::f16, d_.data());
  }

  void run(RunContext& context) override { Baseline::run(pass_, context.stream); }

 private:
  cuda::DeviceBuffer a_ = random_codes(1);
  cuda::DeviceBuffer b_ = random_codes(2);
  cuda::DeviceBuffer scales_{static_cast<std::size_t>(nvfp4::blocked_scale_bytes(kSize, kSize))};
  cuda::DeviceBuffer d_{kSize * kSize * 2};
  Pass pass_;
};

class NoPhases : public PhaseSink {
 public:
  void end_phase(std::string_view) override {}
};

}  // namespace

std::string_view tensor_type(const Machine& machine) { return uses_fp4(machine) ? "FP4" : "fp16"; }

std::optional<double> measure_tensor_rate(const Machine& machine, std::string& why_not) {
  why_not = cublaslt::why_not({}, {}, machine);
  if (!why_not.empty()) return std::nullopt;
  Product product(machine);
  cuda::Stream stream;
  cuda::Event start;
  cuda::Event end;
  NoPhases phases;
  RunContext context{.phases = phases, .stream = stream.get()};
  double best = std::numeric_limits<double>::infinity();
  for (int run = 0; run < kRuns; ++run) {
    start.record(stream.get());
    product.run(context);
    end.record(stream.get());
    cuda::check(cudaStreamSynchronize(stream.get()), "measuring the tensor rate");
    best = std::min(best, cuda::seconds_between(start, end));
  }
  return 2.0 * kSize * kSize * kSize / best;
}

}  // namespace nvfp4bench::kernels::cublaslt
