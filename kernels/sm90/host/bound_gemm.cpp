#include "kernels/sm90/host/bound_gemm.hpp"

#include <vector>

#include "kernels/sm90/device/launch.hpp"
#include "kernels/sm90/host/tables.hpp"
#include "kernels/sm90/plan/schedule.hpp"

namespace nvfp4bench::kernels::sm90 {
namespace {

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
  const std::vector<BatchedGroup> groups = batched_groups(problem);
  if (groups.empty()) return;
  num_blocks_ = static_cast<uint32_t>(machine.gpu->sm_count);
  const Schedule schedule = best_schedule(sizes_of(groups), shapes, num_blocks_);
  const Shape shape = shape_of(schedule.shape);

  if (tokens_from == nullptr) tokens_ = cuda::DeviceBuffer(token_bytes(groups));
  uint8_t* tokens = (tokens_from ? tokens_from->tokens_ : tokens_).data();
  std::vector<Product> products = make_products(groups, problem.output, shape, tokens);
  if (tokens_from == nullptr) {
    jobs_ = upload(make_expand_jobs(groups, num_blocks_, products));
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
