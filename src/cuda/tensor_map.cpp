#include "cuda/tensor_map.hpp"

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

}  // namespace

CUtensorMap make_tensor_map(const TensorMapDesc& desc) {
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
