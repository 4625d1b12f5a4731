#include "kernels/sm90/host/bound_gemm.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "cuda/tensor_map.hpp"
#include "kernels/sm90/device/launch.hpp"
#include "kernels/sm90/plan/schedule.hpp"
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

TensorMap map_codes(const MatrixView& matrix, int64_t l, const Shape& shape) {
  const auto row_bytes = static_cast<uint64_t>(matrix.k / 2);
  const auto rows = static_cast<uint64_t>(matrix.rows);
  return opaque(cuda::make_tensor_map({.base = matrix.codes + l * matrix.rows * matrix.k / 2,
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

auto launcher_of(ShapeName shape) {
  switch (shape) {
    case ShapeName::gemm:
      return launch_grouped_gemm<ShapeName::gemm>;
    case ShapeName::sequential:
      return launch_grouped_gemm<ShapeName::sequential>;
    case ShapeName::deep:
      return launch_grouped_gemm<ShapeName::deep>;
    case ShapeName::narrow:
      break;
  }
  return launch_grouped_gemm<ShapeName::narrow>;
}

}  // namespace

BoundGemm::BoundGemm(const ProblemView& problem, std::span<const ShapeName> shapes, const Machine& machine,
                     const BoundGemm* tokens_from) {
  std::vector<ProductShape> sizes;
  for (const GroupView& group : problem.groups) {
    if (group.m() == 0) continue;
    sizes.insert(sizes.end(), static_cast<size_t>(group.l()),
                 {static_cast<uint32_t>(group.m()), static_cast<uint32_t>(group.n()),
                  static_cast<uint32_t>(group.k())});
  }
  if (sizes.empty()) return;
  num_blocks_ = static_cast<uint32_t>(machine.gpu->sm_count);
  const Schedule schedule = best_schedule(sizes, shapes, num_blocks_);
  const Shape shape = shape_of(schedule.shape);

  uint64_t tokens_total = 0;
  for (const ProductShape& size : sizes) tokens_total += token_bytes(size.m, size.k);
  if (tokens_from == nullptr) tokens_ = cuda::DeviceBuffer(tokens_total);
  uint8_t* tokens = (tokens_from ? tokens_from->tokens_ : tokens_).data();

  std::vector<Product> products;
  std::vector<MatrixView> a;  // one batch index each
  for (const GroupView& group : problem.groups) {
    if (group.m() == 0) continue;
    for (int64_t l = 0; l < group.l(); ++l) {
      const ProductShape& size = sizes[products.size()];
      Product& product = products.emplace_back();
      product.codes[0] = map_codes(group.b1, l, shape);
      product.scales[0] = map_scales(group.b1, l);
      if (shape.fusion != Fusion::none) {
        product.codes[1] = map_codes(group.b2, l, shape);
        product.scales[1] = map_scales(group.b2, l);
      }
      product.tokens = tokens;
      product.output = {
          .c = static_cast<uint8_t*>(group.c) + l * group.m() * group.n() * bytes_per_element(problem.output),
          .m = size.m,
          .n = size.n};
      product.alpha1 = group.alpha1;
      product.alpha2 = group.alpha2;
      a.push_back({.codes = group.a.codes + l * group.m() * group.k() / 2,
                   .scales = group.a.scales + l * scale_bytes(group.a)});
      tokens += token_bytes(size.m, size.k);
    }
  }
  if (tokens_from == nullptr) {
    std::vector<ExpandJob> jobs;
    for (const ExpandShare& share : share_expansion(sizes, num_blocks_)) {
      Product& product = products[share.product];
      if (share.first < share.last) ++product.expand_jobs;
      jobs.push_back({.a_codes = a[share.product].codes,
                      .a_scales = a[share.product].scales,
                      .tokens = product.tokens,
                      .m = sizes[share.product].m,
                      .k = sizes[share.product].k,
                      .share = share});
    }
    jobs_ = upload(jobs);
    progress_ = upload(std::vector<uint32_t>(products.size() + 1));
    arguments_.jobs = jobs_.as<ExpandJob>();
    arguments_.jobs_done = progress_.as<uint32_t>();
    arguments_.blocks_done = arguments_.jobs_done + products.size();
  }
  products_ = upload(products);
  tiles_ = upload(schedule.tiles);
  launch_ = launcher_of(schedule.shape);
  arguments_.products = products_.as<Product>();
  arguments_.tiles = tiles_.as<Tile>();
  arguments_.num_products = static_cast<uint32_t>(products.size());
  arguments_.shared = plan_shared(shape, schedule.max_columns);
  arguments_.output = problem.output;
  acquire_tensor_maps(arguments_.products, arguments_.num_products, num_blocks_, nullptr);
  // The copies are of pageable memory, and kernels' streams do not wait for the stream that makes them.
  cuda::check(cudaDeviceSynchronize(), "copying the tables of the sm90 kernels to the device");
}

void BoundGemm::run(CUstream_st* stream) const {
  if (launch_ != nullptr) launch_(arguments_, num_blocks_, stream);
}

std::string why_not(const Variant&, const Problem& problem, const Machine& machine) {
  if (machine.gpu->capability != 90) return "needs a Hopper GPU (compute capability 9.0)";
  for (const Group& group : problem.groups) {
    if (group.k % 32 != 0) return "needs K % 32 == 0: the copy engine reads rows of whole 16-byte units";
  }
  return {};
}

}  // namespace nvfp4bench::kernels::sm90
