#include "cuda/memory.hpp"
#include "kernels/ptx/bulk_copy.cuh"
#include "kernels/ptx/wgmma.cuh"
#include "kernels/ptx/wgmma_chain.hpp"

namespace nvfp4bench::test {
namespace {

/// 8 rows of 64 halves with 128-byte swizzle: the b operands of four steps.
constexpr uint32_t kPanelBytes = kChainN * 128;
constexpr int kPanelHalves = kPanelBytes / 2;

/// One warpgroup a chain. panels: [chain][steps / 4] panels.
__global__ void __launch_bounds__(ptx::kWarpgroupThreads)
    run_chain(const uint16_t* a, const uint8_t* panels, float* d, int steps) {
  const ptx::SharedAddress panel = ptx::dynamic_shared(1024);
  const ptx::SharedAddress barrier = panel + kPanelBytes;
  const bool leader = ptx::thread_idx() == 0;
  if (leader) {
    ptx::barrier_init(barrier, 1);
    ptx::fence_barrier_init();
  }
  ptx::sync_block();

  const uint32_t chain = ptx::block_idx_x();
  const uint32_t row = ptx::warp_idx() * 16 + ptx::lane_idx() / 4;
  const uint32_t pair = ptx::lane_idx() % 4 * 2;
  a += size_t{chain} * steps * kChainM * kChainK;
  panels += size_t{chain} * (steps / kChainStepUnit) * kPanelBytes;
  d += size_t{chain} * kChainM * kChainN;

  const auto d_at = [&](int i) -> float& { return d[(row + i / 2 * 8) * kChainN + pair + i % 2]; };
  float acc[kChainN / 2] = {d_at(0), d_at(1), d_at(2), d_at(3)};
  for (int step = 0; step < steps; ++step) {
    const int in_panel = step % kChainStepUnit;
    if (in_panel == 0) {
      ptx::sync_block();  // everyone is done with the panel before
      if (leader) {
        ptx::barrier_arrive_expect_bytes(barrier, kPanelBytes);
        ptx::copy_bulk(panel, panels + step / kChainStepUnit * kPanelBytes, kPanelBytes, barrier);
      }
      ptx::barrier_wait(barrier, step / kChainStepUnit % 2);
    }
    const auto pair_at = [&](uint32_t r, uint32_t k) {
      return *reinterpret_cast<const uint32_t*>(a + (size_t(step) * kChainM + r) * kChainK + k);
    };
    const uint32_t fragment[4] = {pair_at(row, pair), pair_at(row + 8, pair), pair_at(row, pair + 8),
                                  pair_at(row + 8, pair + 8)};
    ptx::wgmma_fence();
    ptx::wgmma_rs<kChainN>(acc, fragment,
                           ptx::descriptor_swizzle128(panel) + in_panel * ptx::kDescriptorStepK);
    ptx::wgmma_commit();
    ptx::wgmma_wait<0>();
  }
  for (int i = 0; i < 4; ++i) d_at(i) = acc[i];
}

/// b in the order in which the panels hold it: 16-byte columns of a row are exchanged as the swizzle says.
std::vector<uint16_t> make_panels(const WgmmaChains& chains) {
  std::vector<uint16_t> panels(chains.b.size());
  for (size_t i = 0; i < panels.size(); ++i) {
    const size_t k = i % kChainK;
    const size_t n = i / kChainK % kChainN;
    const size_t step = i / (kChainK * kChainN);  // of all chains: their lengths are multiples of a panel
    const size_t column = (step % kChainStepUnit * 2 + k / 8) ^ n;
    panels[step / kChainStepUnit * kPanelHalves + n * 64 + column * 8 + k % 8] = chains.b[i];
  }
  return panels;
}

template <class T>
cuda::DeviceBuffer upload(const std::vector<T>& host) {
  cuda::DeviceBuffer buffer(host.size() * sizeof(T));
  cuda::check(cudaMemcpy(buffer.data(), host.data(), buffer.bytes(), cudaMemcpyHostToDevice),
              "copying operands");
  return buffer;
}

}  // namespace

void WgmmaChains::run() {
  const cuda::DeviceBuffer device_a = upload(a);
  const cuda::DeviceBuffer device_panels = upload(make_panels(*this));
  const cuda::DeviceBuffer device_d = upload(d);
  constexpr uint32_t kShared = 1024 + kPanelBytes + ptx::kBarrierBytes;
  run_chain<<<static_cast<unsigned>(chains), ptx::kWarpgroupThreads, kShared>>>(
      device_a.as<uint16_t>(), device_panels.data(), device_d.as<float>(), steps);
  cuda::check(cudaGetLastError(), "launching the wgmma chains");
  cuda::check(cudaMemcpy(d.data(), device_d.data(), device_d.bytes(), cudaMemcpyDeviceToHost),
              "copying results");
}

}  // namespace nvfp4bench::test
