// NVFP4 to fp16, exactly: E2M1 times UE4M3 has at most 6 significant bits and lies within fp16's range.
#pragma once

#include <cstdint>
#include <cuda_fp16.h>
#include <cuda_runtime_api.h>

namespace nvfp4bench::kernels::cublaslt {

/// codes [rows][k/2], scales blocked, out [rows][k]; a NaN scale gives NaN. Enqueues only.
void dequantise(const uint8_t* codes, const uint8_t* scales, int64_t rows, int64_t k, __half* out,
                cudaStream_t stream);

}  // namespace nvfp4bench::kernels::cublaslt
