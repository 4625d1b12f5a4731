#include "kernels/parts/fusion_job.hpp"

#include <vector>

#include "catch.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::kernels::parts;

namespace {

FusionJob sized(int64_t m, int64_t n) {
  FusionJob job;
  job.m = m;
  job.n = n;
  return job;
}

/// Blocks that fuse one job alone.
uint32_t blocks(int64_t m, int64_t n) {
  const FusionJob job = sized(m, n);
  return fusion_grid({&job, 1}).x;
}

}  // namespace

TEST_CASE("a fusion job writes the output of its batch index, in elements of the output's size") {
  std::vector<uint8_t> c(1000);
  std::vector<float> both(2 * 3 * 5);
  const GroupView group{.a = {.rows = 3, .k = 16, .l = 4},
                        .b1 = {.rows = 5, .k = 16, .l = 4},
                        .b2 = {},
                        .alpha1 = 0.5f,
                        .alpha2 = -2,
                        .c = c.data()};
  const FusionJob half = fusion_job(group, 2, OutputType::bf16, both.data(), both.data() + 5, 10);
  CHECK(half.c == c.data() + 2 * 3 * 5 * 2);
  CHECK(half.m == 3);
  CHECK(half.n == 5);
  CHECK(half.acc1 == both.data());
  CHECK(half.acc2 == both.data() + 5);
  CHECK(half.leading == 10);
  CHECK(half.alpha1 == 0.5f);
  CHECK(half.alpha2 == -2);
  CHECK(fusion_job(group, 3, OutputType::f32, nullptr, nullptr, 5).c == c.data() + 3 * 3 * 5 * 4);
}

TEST_CASE("a fusion has a row of blocks a job, as long as the largest job needs") {
  const std::vector<FusionJob> jobs{sized(0, 64), sized(100, 4096), sized(1, 8)};
  CHECK(fusion_grid(jobs).y == 3);
  CHECK(fusion_grid(jobs).x == 200);
  constexpr int64_t kPerBlock = kFusionThreads * kFusionElementsPerThread;
  CHECK(blocks(1, 1) == 1);
  CHECK(blocks(1, kPerBlock) == 1);
  CHECK(blocks(1, kPerBlock + 1) == 2);
  CHECK(blocks(int64_t{1} << 20, int64_t{1} << 20) == 65535);
}

TEST_CASE("groups without tokens are nothing to fuse") {
  CHECK(fusion_grid({}).x == 0);
  CHECK(blocks(0, 4096) == 0);
}
