#include "model/work.hpp"

#include "catch.hpp"

namespace nvfp4bench {
namespace {

Group group(int64_t m, int64_t n, int64_t k, int64_t l = 1) {
  Group g;
  g.m = m;
  g.n = n;
  g.k = k;
  g.l = l;
  return g;
}

Problem dual(std::vector<Group> groups) {
  Problem problem;
  problem.groups = std::move(groups);
  return problem;
}

TEST_CASE("work counts every operand, scale and output byte once") {
  // Per row of K = 32: 16 bytes of codes, 2 of scales.
  const Work work = count_work(dual({group(3, 5, 32, 2)}));
  CHECK(work.flops == 4 * 3 * 5 * 32 * 2);
  CHECK(work.a_bytes == 3 * 18 * 2);
  CHECK(work.weight_bytes == 2 * 5 * 18 * 2);
  CHECK(work.output_bytes == 3 * 5 * 2 * 2);
  CHECK(work.bytes() == work.a_bytes + work.weight_bytes + work.output_bytes);
}

TEST_CASE("a single GEMM is half the flops and half the weights") {
  const Problem problem = dual({group(3, 5, 32)});
  const Work both = count_work(problem);
  const Work one = count_work(as_single_gemm(problem));
  CHECK(2 * one.flops == both.flops);
  CHECK(2 * one.weight_bytes == both.weight_bytes);
  CHECK(one.a_bytes == both.a_bytes);
  CHECK(one.output_bytes == both.output_bytes);
}

TEST_CASE("an empty group is no work, but its weights take memory") {
  const Group full = group(128, 256, 512);
  const Group empty = group(0, 256, 512);
  CHECK(count_work(dual({full, empty})).bytes() == count_work(dual({full})).bytes());
  CHECK(count_work(dual({empty})).flops == 0);
  CHECK(memory_needed_bytes(dual({full, empty}), 1) > memory_needed_bytes(dual({full}), 1));
}

TEST_CASE("two_pass moves a twice and the fp32 accumulators out and in") {
  const Problem problem = dual({group(64, 96, 256)});
  const Work work = count_work(problem);
  const Structure fused{.launches = 1, .passes_over_a = 1, .fp32_temporaries = false};
  const Structure two_pass{.launches = 3, .passes_over_a = 2, .fp32_temporaries = true};
  CHECK(traffic_bytes(problem, fused) == work.bytes());
  CHECK(traffic_bytes(problem, two_pass) == work.bytes() + work.a_bytes + 16 * 64 * 96);
}

TEST_CASE("memory needed counts padded scales, output, reference and temporaries") {
  const int64_t allowance = memory_needed_bytes(dual({}), 3);
  // K = 16: one scale a row, padded to 4; rows padded to 128. Per output: two fp16, two int64, two fp32.
  // Operands and outputs are there twice.
  const int64_t operands = (1 * 8 + 128 * 4) + 2 * (130 * 8 + 256 * 4);
  const Problem problem = dual({group(1, 130, 16)});
  CHECK(memory_needed_bytes(problem, 3) - allowance == 2 * operands + 130 * (5 * 2 + 16 + 8));
}

TEST_CASE("the speed of light is the larger of bytes and flops over their rates") {
  const Work work{.flops = 600, .a_bytes = 30, .weight_bytes = 60, .output_bytes = 10};
  CHECK(speed_of_light_s(work, {"", 10, 1e9, ""}) == 10.0);
  CHECK(speed_of_light_s(work, {"", 1e9, 10, ""}) == 60.0);
  CHECK(bound_by_memory(work, {"", 10, 1e9, ""}));
  CHECK_FALSE(bound_by_memory(work, {"", 1e9, 10, ""}));
  CHECK(bound_by_memory(work, {"", 100, 600, ""}));  // 1 s each
}

}  // namespace
}  // namespace nvfp4bench
