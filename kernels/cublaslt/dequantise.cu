#include <algorithm>

#include "kernels/cublaslt/dequantise.hpp"
#include "kernels/ptx/device.cuh"
#include "kernels/ptx/global.cuh"
#include "kernels/ptx/launch.hpp"
#include "nvfp4/e2m1.hpp"
#include "nvfp4/pack.hpp"
#include "nvfp4/scale_layout.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::kernels::cublaslt {
namespace {

constexpr int kThreads = 256;

/// One thread a scale block.
NVFP4BENCH_KERNEL(kThreads)
void dequantise_blocks(const uint8_t* codes, const uint8_t* scales, int64_t rows, int64_t k, __half* out) {
  const int64_t blocks = rows * (k / kScaleBlock);
  const int64_t stride = int64_t{ptx::grid_dim_x()} * kThreads;
  for (int64_t i = int64_t{ptx::block_idx_x()} * kThreads + ptx::thread_idx(); i < blocks; i += stride) {
    const int64_t row = i / (k / kScaleBlock);
    const int64_t block = i % (k / kScaleBlock);
    const float scale =
        nvfp4::ue4m3_to_float(ptx::load_global(&scales[nvfp4::blocked_scale_offset(row, block, k)]));
    for (int64_t j = 0; j < kScaleBlock; ++j) {
      const int64_t at = i * kScaleBlock + j;
      const uint8_t code = nvfp4::nibble_of(ptx::load_global(&codes[at / 2]), at);
      ptx::store_global(&out[at], __float2half_rn(nvfp4::e2m1_to_float(code) * scale));
    }
  }
}

}  // namespace

void dequantise(const uint8_t* codes, const uint8_t* scales, int64_t rows, int64_t k, __half* out,
                cudaStream_t stream) {
  const int64_t blocks = rows * (k / kScaleBlock);
  if (blocks == 0) return;
  const auto grid = static_cast<uint32_t>(std::min<int64_t>((blocks + kThreads - 1) / kThreads, 65536));
  ptx::launch(dequantise_blocks, {.blocks_x = grid, .threads = kThreads}, stream,
              "launching the dequantisation", codes, scales, rows, k, out);
}

}  // namespace nvfp4bench::kernels::cublaslt
