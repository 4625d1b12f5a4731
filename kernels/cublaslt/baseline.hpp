// What the cuBLASLt variants share: a handle, prepared operands, planned products, and how they are launched.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "cuda/memory.hpp"
#include "cuda/stream.hpp"
#include "kernels/cublaslt/matmul.hpp"
#include "kernels/cublaslt/prepared_matrix.hpp"
#include "kernels/variant.hpp"

namespace nvfp4bench::kernels::cublaslt {

/// cuBLAS publishes no contract. Most of its fp16 kernels have been seen to sum as wgmma does, k ascending, but not
/// all: at m = 1 one element in a million was 1.24 bounds of that off. So its sums are shown right on exact data.
inline constexpr Numerics kNumerics{Accumulator::unknown_fp32, SiluTier::approx, /*deterministic=*/true};

std::string why_not(const Variant&, const Problem& problem, const Machine& machine);

/// The device has FP4 tensor cores.
bool uses_fp4(const Machine& machine);

/// On devices with FP4 tensor cores the operands are the published ones. Elsewhere they are dequantised to
/// fp16 off the clock, weights and tokens alike: a generous baseline.
class Baseline : public Kernel {
 public:
  explicit Baseline(const Machine& machine);
  ~Baseline() override;

  bool prepares_weights() const override;
  void prepare_weights(RunContext& context) override;
  int64_t workspace_bytes() const override;

 protected:
  /// Products that may run at the same time.
  using Pass = std::vector<Matmul>;

  PreparedMatrix& add_matrix(std::vector<MatrixView> parts);
  /// fp32 temporaries that live as long as this kernel.
  float* add_temporary(int64_t elements);
  /// To be called once all matrices of the pass have been added.
  void plan(Pass& pass, const PreparedMatrix& a, const PreparedMatrix& b, int64_t l, int64_t k, float alpha,
            OutputType output, void* d);

  /// Enqueues the products over the side streams and joins them again.
  void run(const Pass& pass, cudaStream_t stream);

 private:
  /// Products of small groups do not fill the device alone.
  static constexpr int kSideStreams = 4;

  struct Side {
    cuda::Stream stream;
    cuda::Event joined;
    cuda::DeviceBuffer workspace{Matmul::kWorkspaceBytes};
  };

  Operands type_;
  cublasLtHandle_t handle_ = nullptr;
  std::deque<PreparedMatrix> matrices_;  // references to elements stay valid
  std::vector<cuda::DeviceBuffer> temporaries_;
  std::deque<Side> sides_;
  cuda::Event forked_;
};

}  // namespace nvfp4bench::kernels::cublaslt
