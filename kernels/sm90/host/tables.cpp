#include "kernels/sm90/host/tables.hpp"

#include <cstring>

#include "cuda/tensor_map.hpp"
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

/// Where the codes and the scales of one batch index begin.
const uint8_t* codes_at(const MatrixView& matrix, int64_t l) {
  return matrix.codes + l * matrix.rows * matrix.k / 2;
}
const uint8_t* scales_at(const MatrixView& matrix, int64_t l) {
  return matrix.scales + l * scale_bytes(matrix);
}

TensorMap map_codes(const MatrixView& matrix, int64_t l, const Shape& shape) {
  const auto row_bytes = static_cast<uint64_t>(matrix.k / 2);
  const auto rows = static_cast<uint64_t>(matrix.rows);
  return opaque(cuda::make_tensor_map({.base = codes_at(matrix, l),
                                       .element = cuda::Element::u8,
                                       .swizzle = cuda::Swizzle::b128,
                                       .size = {row_bytes, rows, 1},
                                       .stride_bytes = {row_bytes, row_bytes * rows},
                                       .box = {kRowBytes, shape.block_rows(), 1}}));
}

/// (half a block, blocks along k, blocks of 128 rows): a box is the scales of a chunk, zero beyond k.
TensorMap map_scales(const MatrixView& matrix, int64_t l) {
  const int64_t row_bytes = nvfp4::scale_tiles_per_row(matrix.k) * nvfp4::kScaleTileBytes;
  const auto along_k = static_cast<uint64_t>(row_bytes / kScaleRowBytes);
  const auto row_blocks = static_cast<uint64_t>(scale_bytes(matrix) / row_bytes);
  return opaque(cuda::make_tensor_map({.base = scales_at(matrix, l),
                                       .element = cuda::Element::u8,
                                       .size = {kScaleRowBytes, along_k, row_blocks},
                                       .stride_bytes = {kScaleRowBytes, along_k * kScaleRowBytes},
                                       .box = {kScaleRowBytes, kScaleBytes / kScaleRowBytes, 1}}));
}

Output output_of(const BatchedGroup& one, OutputType type) {
  const GroupView& group = *one.group;
  const int64_t bytes = group.m() * group.n() * bytes_per_element(type);
  return {.c = static_cast<uint8_t*>(group.c) + one.l * bytes, .m = one.size.m, .n = one.size.n};
}

}  // namespace

std::vector<BatchedGroup> batched_groups(const ProblemView& problem) {
  std::vector<BatchedGroup> groups;
  for (const GroupView& group : problem.groups) {
    if (group.m() == 0) continue;
    const ProductShape size{.m = static_cast<uint32_t>(group.m()),
                            .n = static_cast<uint32_t>(group.n()),
                            .k = static_cast<uint32_t>(group.k())};
    for (int64_t l = 0; l < group.l(); ++l) groups.push_back({&group, l, size});
  }
  return groups;
}

std::vector<ProductShape> sizes_of(std::span<const BatchedGroup> groups) {
  std::vector<ProductShape> sizes;
  for (const BatchedGroup& one : groups) sizes.push_back(one.size);
  return sizes;
}

uint64_t token_bytes(std::span<const BatchedGroup> groups) {
  uint64_t bytes = 0;
  for (const BatchedGroup& one : groups) bytes += token_bytes(one.size.m, one.size.k);
  return bytes;
}

std::vector<Product> make_products(std::span<const BatchedGroup> groups, OutputType output,
                                   const Shape& shape, uint8_t* tokens) {
  std::vector<Product> products;
  for (const BatchedGroup& one : groups) {
    const GroupView& group = *one.group;
    Product& product = products.emplace_back();
    product.codes[0] = map_codes(group.b1, one.l, shape);
    product.scales[0] = map_scales(group.b1, one.l);
    if (shape.fusion != Fusion::none) {
      product.codes[1] = map_codes(group.b2, one.l, shape);
      product.scales[1] = map_scales(group.b2, one.l);
    }
    product.tokens = tokens;
    product.output = output_of(one, output);
    product.alpha1 = group.alpha1;
    product.alpha2 = group.alpha2;
    tokens += token_bytes(one.size.m, one.size.k);
  }
  return products;
}

std::vector<ExpandJob> make_expand_jobs(std::span<const BatchedGroup> groups, uint32_t blocks,
                                        std::span<Product> products) {
  std::vector<ExpandJob> jobs;
  for (const ExpandShare& share : share_expansion(sizes_of(groups), blocks)) {
    const BatchedGroup& one = groups[share.product];
    Product& product = products[share.product];
    if (share.first < share.last) ++product.expand_jobs;
    jobs.push_back({.a_codes = codes_at(one.group->a, one.l),
                    .a_scales = scales_at(one.group->a, one.l),
                    .tokens = product.tokens,
                    .m = one.size.m,
                    .k = one.size.k,
                    .share = share});
  }
  return jobs;
}

}  // namespace nvfp4bench::kernels::sm90
