// Tensor maps (TMA descriptors) through the driver entry point, without linking libcuda.
#pragma once

#include <array>
#include <cstdint>
#include <cuda.h>

namespace nvfp4bench::cuda {

enum class Element { u8, f16 };
enum class Swizzle { none, b32, b64, b128 };

/// A tiled map over a row-major tensor of up to three dimensions, innermost first.
struct TensorMapDesc {
  const void* base = nullptr;  // 16-byte aligned
  Element element = Element::u8;
  Swizzle swizzle = Swizzle::none;
  /// Sizes in elements, innermost first; out-of-bounds elements of a box read as zero.
  std::array<uint64_t, 3> size{1, 1, 1};
  /// Bytes between neighbours in dimensions 1 and 2; multiples of 16.
  std::array<uint64_t, 2> stride_bytes{};
  /// Box in elements; at most 256 a dimension, and the innermost at most the swizzle span.
  std::array<uint32_t, 3> box{1, 1, 1};
};

/// cuTensorMapEncodeTiled (CUDA Driver API, "Tensor Map Object Management"). Throws cuda::Error.
CUtensorMap make_tensor_map(const TensorMapDesc& desc);

}  // namespace nvfp4bench::cuda
