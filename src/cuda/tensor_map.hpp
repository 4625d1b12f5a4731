// Tensor maps (TMA descriptors) through the driver entry point, without linking libcuda.
#pragma once

#include <array>
#include <cstdint>
#include <cuda.h>
#include <string>

namespace nvfp4bench::cuda {

enum class Element { u8, f16 };
enum class Swizzle { none, b32, b64, b128 };

/// A tiled map over a row-major tensor of three dimensions, innermost first; what has fewer ends in ones.
struct TensorMapDesc {
  const void* base = nullptr;  // 16-byte aligned
  Element element = Element::u8;
  Swizzle swizzle = Swizzle::none;
  /// Sizes in elements, innermost first, 1 to 2^32; out-of-bounds elements of a box read as zero.
  std::array<uint64_t, 3> size{1, 1, 1};
  /// Bytes between neighbours in dimensions 1 and 2; multiples of 16 below 2^40.
  std::array<uint64_t, 2> stride_bytes{};
  /// Box in elements, 1 to 256 a dimension; the innermost a multiple of 16 bytes within the swizzle span.
  std::array<uint32_t, 3> box{1, 1, 1};
};

/// The rules of cuTensorMapEncodeTiled (CUDA Driver API, "Tensor Map Object Management") for maps of this kind,
/// of which the driver only says that one is broken. Empty if `desc` keeps them all. Needs no driver.
std::string why_not_encodable(const TensorMapDesc& desc);

/// cuTensorMapEncodeTiled. Throws std::invalid_argument where why_not_encodable() objects, else cuda::Error.
CUtensorMap make_tensor_map(const TensorMapDesc& desc);

}  // namespace nvfp4bench::cuda
