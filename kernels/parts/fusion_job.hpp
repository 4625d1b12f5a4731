// What the fusion of temporaries computes, decided on the host from sizes alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "model/problem.hpp"
#include "model/views.hpp"

namespace nvfp4bench::kernels::parts {

inline constexpr int kFusionThreads = 256;
inline constexpr int64_t kFusionElementsPerThread = 8;

/// One [m][n] product. Temporaries may be halves of one [m][2n] matrix: rows are `leading` elements apart.
struct FusionJob {
  const float* acc1 = nullptr;
  const float* acc2 = nullptr;
  int64_t leading = 0;
  void* c = nullptr;  // [m][n] in the output type
  int64_t m = 0;
  int64_t n = 0;
  float alpha1 = 1;
  float alpha2 = 1;
};

/// Batch index `l` of a group, from that batch index's temporaries.
inline FusionJob fusion_job(const GroupView& group, int64_t l, OutputType output, const float* acc1,
                            const float* acc2, int64_t leading) {
  const int64_t bytes = group.m() * group.n() * bytes_per_element(output);
  return {acc1,      acc2,      leading,      static_cast<uint8_t*>(group.c) + l * bytes,
          group.m(), group.n(), group.alpha1, group.alpha2};
}

/// Blocks of the launch: those along x share the elements of one job, those along y are jobs.
struct FusionGrid {
  uint32_t x = 0;
  uint32_t y = 0;
};

/// Enough blocks for the largest job, up to a limit beyond which blocks take several rounds; x is 0 if no job
/// has elements.
inline FusionGrid fusion_grid(std::span<const FusionJob> jobs) {
  constexpr int64_t kMostBlocks = 65535;
  constexpr int64_t kPerBlock = kFusionThreads * kFusionElementsPerThread;
  int64_t most = 0;
  for (const FusionJob& job : jobs) most = std::max(most, job.m * job.n);
  return {static_cast<uint32_t>(std::min((most + kPerBlock - 1) / kPerBlock, kMostBlocks)),
          static_cast<uint32_t>(jobs.size())};
}

}  // namespace nvfp4bench::kernels::parts
