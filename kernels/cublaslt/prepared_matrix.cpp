#include "kernels/cublaslt/prepared_matrix.hpp"

#include <utility>

#include "kernels/cublaslt/dequantise.hpp"
#include "nvfp4/scale_layout.hpp"

namespace nvfp4bench::kernels::cublaslt {
namespace {

int64_t code_bytes(const MatrixView& m) { return m.rows * m.k / 2; }
int64_t scale_bytes(const MatrixView& m) { return nvfp4::blocked_scale_bytes(m.rows, m.k); }

}  // namespace

PreparedMatrix::PreparedMatrix(std::vector<MatrixView> parts, Operands type)
    : parts_(std::move(parts)), type_(type), k_(parts_.front().k), l_(parts_.front().l) {
  for (const MatrixView& part : parts_) rows_ += part.rows;
  if (type_ == Operands::nvfp4 && parts_.size() == 1) return;
  values_ = cuda::DeviceBuffer(static_cast<std::size_t>(l_ * rows_ * value_row_bytes()));
  if (type_ == Operands::nvfp4)
    scales_ = cuda::DeviceBuffer(static_cast<std::size_t>(l_ * nvfp4::blocked_scale_bytes(rows_, k_)));
}

void PreparedMatrix::prepare(cudaStream_t stream) const {
  if (!needs_preparation()) return;
  for (int64_t l = 0; l < l_; ++l) {
    int64_t row = l * rows_;
    int64_t scale = l * nvfp4::blocked_scale_bytes(rows_, k_);
    for (const MatrixView& part : parts_) {
      uint8_t* out = values_.data() + row * value_row_bytes();
      const uint8_t* codes = part.codes + l * code_bytes(part);
      const uint8_t* scales = part.scales + l * scale_bytes(part);
      if (type_ == Operands::fp16) {
        dequantise(codes, scales, part.rows, k_, reinterpret_cast<__half*>(out), stream);
      } else {
        cuda::check(cudaMemcpyAsync(out, codes, static_cast<std::size_t>(code_bytes(part)),
                                    cudaMemcpyDeviceToDevice, stream),
                    "stacking codes");
        cuda::check(
            cudaMemcpyAsync(scales_.data() + scale, scales, static_cast<std::size_t>(scale_bytes(part)),
                            cudaMemcpyDeviceToDevice, stream),
            "stacking scales");
      }
      row += part.rows;
      scale += scale_bytes(part);
    }
  }
}

const void* PreparedMatrix::values(int64_t l) const {
  const uint8_t* base = needs_preparation() ? values_.data() : parts_.front().codes;
  return base + l * rows_ * value_row_bytes();
}

const void* PreparedMatrix::scales(int64_t l) const {
  if (type_ == Operands::fp16) return nullptr;
  const uint8_t* base = needs_preparation() ? scales_.data() : parts_.front().scales;
  return base + l * nvfp4::blocked_scale_bytes(rows_, k_);
}

}  // namespace nvfp4bench::kernels::cublaslt
