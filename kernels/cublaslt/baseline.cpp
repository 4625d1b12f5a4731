#include "kernels/cublaslt/baseline.hpp"

#include <utility>

#include "kernels/cublaslt/library.hpp"

namespace nvfp4bench::kernels::cublaslt {
namespace {

constexpr int kFirstWithFp4 = 100;  // compute capability 10.0: Blackwell
constexpr int kFirstWithWgmma = 90;

}  // namespace

bool uses_fp4(const Machine& machine) { return machine.gpu->capability >= kFirstWithFp4; }

std::string why_not(const Variant&, const Problem& problem, const Machine& machine) {
  if (machine.gpu->capability < kFirstWithWgmma) return "needs compute capability 9.0 or later";
  if (!library().why_not.empty()) return library().why_not;
  // cuBLASLt wants rows that start at multiples of 16 bytes, whatever the operand type.
  const int64_t multiple = uses_fp4(machine) ? 32 : 8;
  for (const Group& group : problem.groups) {
    if (group.n % 8 != 0) return "cuBLASLt needs n to be a multiple of 8";
    if (group.k % multiple != 0) return "cuBLASLt needs k to be a multiple of 32 for FP4 operands";
  }
  return "";
}

Baseline::Baseline(const Machine& machine)
    : type_(uses_fp4(machine) ? Operands::nvfp4 : Operands::fp16), sides_(kSideStreams) {
  check(library().create(&handle_), "creating a cuBLASLt handle");
}

Baseline::~Baseline() { (void)library().destroy(handle_); }

bool Baseline::prepares_weights() const {
  for (const PreparedMatrix& matrix : matrices_)
    if (matrix.needs_preparation()) return true;
  return false;
}

void Baseline::prepare_weights(RunContext& context) {
  for (const PreparedMatrix& matrix : matrices_) matrix.prepare(context.stream);
}

int64_t Baseline::workspace_bytes() const {
  int64_t bytes = kSideStreams * static_cast<int64_t>(Matmul::kWorkspaceBytes);
  for (const PreparedMatrix& matrix : matrices_) bytes += matrix.workspace_bytes();
  for (const cuda::DeviceBuffer& buffer : temporaries_) bytes += static_cast<int64_t>(buffer.bytes());
  return bytes;
}

PreparedMatrix& Baseline::add_matrix(std::vector<MatrixView> parts) {
  PreparedMatrix& matrix = matrices_.emplace_back(std::move(parts), type_);
  matrix.prepare(sides_.front().stream.get());  // plan() measures on real operands
  return matrix;
}

float* Baseline::add_temporary(int64_t elements) {
  return temporaries_.emplace_back(static_cast<std::size_t>(elements) * sizeof(float)).as<float>();
}

void Baseline::plan(Pass& pass, const PreparedMatrix& a, const PreparedMatrix& b, int64_t l, int64_t k,
                    float alpha, OutputType output, void* d) {
  if (a.rows() == 0) return;
  const MatmulShape shape{.m = a.rows(), .n = b.rows(), .k = k, .operands = type_, .output = output};
  const MatmulPointers pointers{a.values(l), b.values(l), a.scales(l), b.scales(l), d};
  Side& side = sides_.front();
  pass.emplace_back(handle_, shape, alpha, pointers, side.workspace.data(), side.stream.get());
}

void Baseline::run(const Pass& pass, cudaStream_t stream) {
  forked_.record(stream);
  for (Side& side : sides_)
    cuda::check(cudaStreamWaitEvent(side.stream.get(), forked_.get()), "forking to a side stream");
  for (std::size_t i = 0; i < pass.size(); ++i) {
    Side& side = sides_[i % kSideStreams];
    pass[i].run(side.workspace.data(), side.stream.get());
  }
  for (Side& side : sides_) {
    side.joined.record(side.stream.get());
    cuda::check(cudaStreamWaitEvent(stream, side.joined.get()), "joining a side stream");
  }
}

}  // namespace nvfp4bench::kernels::cublaslt
