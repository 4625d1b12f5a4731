// What the cuBLASLt variants decide on the host, without a GPU.
#include <algorithm>
#include <string>

#include "catch.hpp"
#include "kernels/cublaslt/baseline.hpp"
#include "kernels/cublaslt/library.hpp"
#include "kernels/cublaslt/tensor_rate.hpp"
#include "kernels/registry.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::kernels;

namespace {

Machine with_gpu(int capability) {
  Machine machine;
  machine.gpu = Device{.capability = capability};
  return machine;
}

Problem problem_of(Op op, int64_t n, int64_t k) {
  Problem problem;
  problem.op = op;
  problem.groups = {{.m = 64, .n = 128, .k = 256}, {.m = 3, .n = n, .k = k}};
  return problem;
}

/// Of the variant "cublaslt/<idea>", as a run asks.
std::string reason(std::string_view idea, int capability, int64_t n, int64_t k) {
  for (const Variant* variant : variants()) {
    if (variant->name == std::string("cublaslt/").append(idea))
      return why_not(*variant, problem_of(variant->op, n, k), with_gpu(capability));
  }
  return "no such variant";
}

void need_library() {
  if (const std::string& reason = cublaslt::library().why_not; !reason.empty()) test::skip(reason);
}

}  // namespace

TEST_CASE("cuBLASLt variants run on Hopper and later") {
  need_library();
  for (const char* idea : {"gemm", "two_pass", "stacked"}) {
    CAPTURE(idea);
    CHECK(reason(idea, 80, 128, 256) == "needs compute capability 9.0 or later");
    for (const int capability : {90, 100, 120}) CHECK(reason(idea, capability, 128, 256) == "");
  }
}

TEST_CASE("cuBLASLt needs aligned rows: n a multiple of 8, and k of 32 where operands stay FP4") {
  need_library();
  for (const char* idea : {"gemm", "two_pass", "stacked"}) {
    CAPTURE(idea);
    for (const int capability : {90, 100})
      CHECK(reason(idea, capability, 132, 256) == "cuBLASLt needs n to be a multiple of 8");
    CHECK(reason(idea, 90, 128, 272) == "");
    CHECK(reason(idea, 100, 128, 272) == "cuBLASLt needs k to be a multiple of 32 for FP4 operands");
  }
}

TEST_CASE("stacked FP4 operands need whole tiles of scales, others do not") {
  need_library();
  CHECK(reason("stacked", 90, 136, 256) == "");
  CHECK(reason("stacked", 100, 136, 256) == "stacking FP4 operands needs n to be a multiple of 128");
  CHECK(reason("two_pass", 100, 136, 256) == "");
}

TEST_CASE("without the library the reason is the library") {
  const std::string& missing = cublaslt::library().why_not;
  CHECK(reason("gemm", 90, 128, 256) == missing);
  if (!missing.empty()) CHECK(reason("gemm", 90, 132, 256) == missing);
}

TEST_CASE("the tensor rate is that of the operands' type, and absent with the variants' reason") {
  CHECK(cublaslt::tensor_type(with_gpu(90)) == "fp16");
  CHECK(cublaslt::tensor_type(with_gpu(100)) == "FP4");
  std::string why_not;
  CHECK_FALSE(cublaslt::measure_tensor_rate(with_gpu(80), why_not).has_value());
  CHECK(why_not == "needs compute capability 9.0 or later");
}
