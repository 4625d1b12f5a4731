#include "cuda/tensor_map.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "cuda/check.hpp"

namespace nvfp4bench::cuda {
namespace {

using EncodeTiled = decltype(&cuTensorMapEncodeTiled);

EncodeTiled encode_tiled() {
  static const EncodeTiled function = [] {
    void* entry = nullptr;
    cudaDriverEntryPointQueryResult found{};
    check(
        cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &entry, 12000, cudaEnableDefault, &found),
        "looking up cuTensorMapEncodeTiled");
    if (found != cudaDriverEntryPointSuccess)
      throw Error("the driver has no cuTensorMapEncodeTiled (CUDA 12.0 or later is needed)");
    return reinterpret_cast<EncodeTiled>(entry);
  }();
  return function;
}

CUtensorMapSwizzle driver_swizzle(Swizzle swizzle) {
  switch (swizzle) {
    case Swizzle::none:
      return CU_TENSOR_MAP_SWIZZLE_NONE;
    case Swizzle::b32:
      return CU_TENSOR_MAP_SWIZZLE_32B;
    case Swizzle::b64:
      return CU_TENSOR_MAP_SWIZZLE_64B;
    case Swizzle::b128:
      return CU_TENSOR_MAP_SWIZZLE_128B;
  }
  return CU_TENSOR_MAP_SWIZZLE_NONE;
}

uint32_t element_bytes(Element element) { return element == Element::u8 ? 1 : 2; }

/// Bytes that the innermost dimension of a box may have; 0 if there is no limit.
uint32_t span_bytes(Swizzle swizzle) {
  switch (swizzle) {
    case Swizzle::none:
      return 0;
    case Swizzle::b32:
      return 32;
    case Swizzle::b64:
      return 64;
    case Swizzle::b128:
      return 128;
  }
  return 0;
}

}  // namespace

std::string why_not_encodable(const TensorMapDesc& desc) {
  constexpr uint64_t kAlignment = 16;
  if (reinterpret_cast<uintptr_t>(desc.base) % kAlignment != 0) return "the base is not 16-byte aligned";
  for (const uint64_t size : desc.size) {
    if (size == 0 || size > uint64_t{1} << 32) return fmt::format("size {} is not within 1 to 2^32", size);
  }
  for (const uint64_t stride : desc.stride_bytes) {
    if (stride % kAlignment != 0 || stride >= uint64_t{1} << 40)
      return fmt::format("stride {} is not a multiple of 16 bytes below 2^40", stride);
  }
  for (const uint32_t extent : desc.box) {
    if (extent == 0 || extent > 256) return fmt::format("box extent {} is not within 1 to 256", extent);
  }
  const uint32_t row_bytes = desc.box[0] * element_bytes(desc.element);
  if (row_bytes % kAlignment != 0)
    return fmt::format("a box row of {} bytes is not a multiple of 16", row_bytes);
  if (const uint32_t span = span_bytes(desc.swizzle); span != 0 && row_bytes > span)
    return fmt::format("a box row of {} bytes is wider than the swizzle's {}", row_bytes, span);
  return "";
}

CUtensorMap make_tensor_map(const TensorMapDesc& desc) {
  if (const std::string reason = why_not_encodable(desc); !reason.empty())
    throw std::invalid_argument("tensor map: " + reason);
  constexpr std::array<uint32_t, 3> kUnitSteps{1, 1, 1};
  CUtensorMap map{};
  const CUresult status = encode_tiled()(
      &map, desc.element == Element::u8 ? CU_TENSOR_MAP_DATA_TYPE_UINT8 : CU_TENSOR_MAP_DATA_TYPE_FLOAT16,
      /*rank=*/3, const_cast<void*>(desc.base), desc.size.data(), desc.stride_bytes.data(), desc.box.data(),
      kUnitSteps.data(), CU_TENSOR_MAP_INTERLEAVE_NONE, driver_swizzle(desc.swizzle),
      CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (status != CUDA_SUCCESS)
    throw Error(
        fmt::format("cuTensorMapEncodeTiled failed ({}): size {} x {} x {}, strides {}, {}, box {} x {} x {}",
                    static_cast<int>(status), desc.size[0], desc.size[1], desc.size[2], desc.stride_bytes[0],
                    desc.stride_bytes[1], desc.box[0], desc.box[1], desc.box[2]));
  return map;
}

}  // namespace nvfp4bench::cuda
