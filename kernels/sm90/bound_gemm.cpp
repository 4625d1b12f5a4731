#include "kernels/sm90/bound_gemm.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "cuda/tensor_map.hpp"
#include "kernels/sm90/schedule.hpp"
#include "nvfp4/scale_layout.hpp"

namespace nvfp4bench::kernels::sm90 {
namespace {

TensorMap opaque(const CUtensorMap& map) {
  TensorMap copy;
  static_assert(sizeof copy == sizeof map);
  std::memcpy(&copy, &map, sizeof map);
  return copy;
}

int64_t scale_bytes(const MatrixView& matrix) { return nvfp4::blocked_scale_bytes(matrix.rows, matrix.k); }

TensorMap map_codes(const MatrixView& matrix, int64_t l) {
  const auto row_bytes = static_cast<uint64_t>(matrix.k / 2);
  const auto rows = static_cast<uint64_t>(matrix.rows);
  return opaque(cuda::make_tensor_map({.base = matrix.codes + l * matrix.rows * matrix.k / 2,
                                       .element = cuda::Element::u8,
                                       .swizzle = cuda::Swizzle::b128,
                                       .size = {row_bytes, rows, 1},
                                       .stride_bytes = {row_bytes, row_bytes * rows},
                                       .box = {kRowBytes, kBlockRows, 1}}));
}

/// (half a block, blocks along k, blocks of 128 rows): a box is the scales of a chunk, zero beyond k.
TensorMap map_scales(const MatrixView& matrix, int64_t l) {
  const int64_t row_bytes = nvfp4::scale_tiles_per_row(matrix.k) * nvfp4::kScaleTileBytes;
  const auto along_k = static_cast<uint64_t>(row_bytes / kScaleRowBytes);
  const auto row_blocks = static_cast<uint64_t>(scale_bytes(matrix) / row_bytes);
  return opaque(cuda::make_tensor_map({.base = matrix.scales + l * scale_bytes(matrix),
                                       .element = cuda::Element::u8,
                                       .size = {kScaleRowBytes, along_k, row_blocks},
                                       .stride_bytes = {kScaleRowBytes, along_k * kScaleRowBytes},
                                       .box = {kScaleRowBytes, kScaleBytes / kScaleRowBytes, 1}}));
}

template <class T>
cuda::DeviceBuffer upload(const std::vector<T>& table) {
  cuda::DeviceBuffer buffer(table.size() * sizeof(T));
  cuda::check(cudaMemcpy(buffer.data(), table.data(), buffer.bytes(), cudaMemcpyHostToDevice),
              "copying a table of the sm90 kernels to the device");
  return buffer;
}

}  // namespace

BoundGemm::BoundGemm(const ProblemView& problem, Fusion fusion, const Machine& machine,
                     const BoundGemm* tokens_from)
    : fusion_(fusion), owns_tokens_(tokens_from == nullptr) {
  std::vector<Product> products;
  std::vector<ProductShape> shapes;
  std::vector<uint64_t> token_offsets;
  uint64_t tokens_total = 0;
  uint32_t most_items = 0;
  for (const GroupView& group : problem.groups) {
    if (group.m() == 0) continue;
    for (int64_t l = 0; l < group.l(); ++l) {
      Product product;
      product.codes[0] = map_codes(group.b1, l);
      product.scales[0] = map_scales(group.b1, l);
      if (fusion != Fusion::none) {
        product.codes[1] = map_codes(group.b2, l);
        product.scales[1] = map_scales(group.b2, l);
      }
      product.a_codes = group.a.codes + l * group.m() * group.k() / 2;
      product.a_scales = group.a.scales + l * scale_bytes(group.a);
      product.c =
          static_cast<uint8_t*>(group.c) + l * group.m() * group.n() * bytes_per_element(problem.output);
      product.m = static_cast<uint32_t>(group.m());
      product.n = static_cast<uint32_t>(group.n());
      product.k = static_cast<uint32_t>(group.k());
      product.alpha1 = group.alpha1;
      product.alpha2 = group.alpha2;
      products.push_back(product);
      shapes.push_back({product.m, product.n, product.k});
      token_offsets.push_back(tokens_total);
      tokens_total += token_bytes(product.m, product.k);
      most_items =
          std::max(most_items, round_up(product.m, 8) * chunks_of(product.k) * kTokenThreadsPerChunk);
    }
  }
  if (products.empty()) return;

  if (owns_tokens_) tokens_ = cuda::DeviceBuffer(tokens_total);
  uint8_t* tokens = (owns_tokens_ ? tokens_ : tokens_from->tokens_).data();
  for (size_t i = 0; i < products.size(); ++i) products[i].tokens = tokens + token_offsets[i];

  const auto num_sms = static_cast<uint32_t>(machine.gpu->sm_count);
  Schedule schedule =
      make_schedule(shapes, {.rows = tile_rows_of(fusion), .max_tokens = max_tokens_of(fusion)}, num_sms);
  products_ = upload(products);
  schedule.tiles.push_back({});  // consumers read one tile ahead
  tiles_ = upload(schedule.tiles);
  first_tile_ = upload(schedule.first);

  num_products_ = static_cast<uint32_t>(products.size());
  num_blocks_ = num_sms;
  token_blocks_ = (most_items + kTokenThreads - 1) / kTokenThreads;
  arguments_.products = products_.as<Product>();
  arguments_.tiles = tiles_.as<Tile>();
  arguments_.first_tile = first_tile_.as<uint32_t>();
  arguments_.shared = plan_shared(schedule.max_columns, blocks_of(fusion));
  arguments_.output = problem.output;
}

void BoundGemm::run(CUstream_st* stream) const {
  if (num_products_ == 0) return;
  if (owns_tokens_) launch_expand_tokens(arguments_, num_products_, token_blocks_, stream);
  switch (fusion_) {
    case Fusion::none:
      return launch_grouped_gemm<Fusion::none>(arguments_, num_blocks_, owns_tokens_, stream);
    case Fusion::sequential:
      return launch_grouped_gemm<Fusion::sequential>(arguments_, num_blocks_, owns_tokens_, stream);
    case Fusion::interleaved:
      return launch_grouped_gemm<Fusion::interleaved>(arguments_, num_blocks_, owns_tokens_, stream);
  }
}

std::string why_not(const Problem& problem, const Machine& machine) {
  if (!machine.gpu) return machine.gpu_why_not;
  if (machine.gpu->capability != 90) return "needs a Hopper GPU (compute capability 9.0)";
  for (const Group& group : problem.groups) {
    if (group.k % 32 != 0) return "needs K % 32 == 0: the copy engine reads rows of whole 16-byte units";
  }
  return {};
}

}  // namespace nvfp4bench::kernels::sm90
