// Every loop of the sm90 kernel on a real GPU; without one, the test is skipped.
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "catch.hpp"
#include "cuda/check.hpp"
#include "cuda/memory.hpp"
#include "gpu.hpp"
#include "kernels/reference.hpp"
#include "kernels/sm90/host/bound_gemm.hpp"
#include "kernels/sm90/plan/schedule.hpp"
#include "nvfp4/float16.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::kernels;
using test::Matrix;

namespace {

// No multiple of anything: the last tile has few columns, rows of c are unaligned, the last chunk is short.
constexpr int64_t kN = 68;
constexpr int64_t kK = 288;
constexpr int64_t kL = 2;
constexpr int64_t kMostTokens = 200;

template <class T>
cuda::DeviceBuffer on_device(const T* data, size_t count) {
  cuda::DeviceBuffer buffer(count * sizeof(T));
  cuda::check(cudaMemcpy(buffer.data(), data, buffer.bytes(), cudaMemcpyHostToDevice), "copying operands");
  return buffer;
}

/// A matrix on the device.
struct Uploaded {
  explicit Uploaded(const Matrix& matrix)
      : view(matrix.view()),
        codes(on_device(matrix.codes.data(), matrix.codes.size())),
        scales(on_device(matrix.scales.data(), matrix.scales.size())) {
    view.codes = codes.data();
    view.scales = scales.data();
  }
  MatrixView view;
  cuda::DeviceBuffer codes, scales;
};

/// The accumulators of every token, [l][m][n]. All products and sums are exact in fp32, and so in the kernel.
std::vector<float> accumulators(const Matrix& a, const Matrix& b) {
  std::vector<float> sums;
  for (int64_t l = 0; l < kL; ++l) {
    for (int64_t m = 0; m < a.rows; ++m) {
      for (int64_t n = 0; n < kN; ++n) sums.push_back(test::fp32_per_block(a, b, l, m, n));
    }
  }
  return sums;
}

/// The first `tokens` rows of a.
Matrix first_rows(const Matrix& a, int64_t tokens) {
  Matrix first = test::make_matrix(tokens, kK, kL);
  for (int64_t l = 0; l < kL; ++l) {
    for (int64_t m = 0; m < tokens; ++m) {
      for (int64_t k = 0; k < kK; ++k) test::set_code(first, l, m, k, test::code(a, l, m, k));
      for (int64_t block = 0; block < kK / kScaleBlock; ++block)
        test::set_scale(first, l, m, block, test::scale(a, l, m, block));
    }
  }
  return first;
}

double output(const std::vector<uint8_t>& c, size_t i, OutputType type) {
  if (type == OutputType::f32) {
    float value;
    std::memcpy(&value, c.data() + 4 * i, sizeof value);
    return static_cast<double>(value);
  }
  uint16_t bits;
  std::memcpy(&bits, c.data() + 2 * i, sizeof bits);
  return static_cast<double>(nvfp4::f16_to_float(bits));
}

}  // namespace

TEST_CASE("every shape computes every tile size right, call after call", "[gpu]") {
  Machine machine;
  machine.gpu = test::need_gpu(90);
  const int sm_count = machine.gpu->sm_count;

  Matrix a = test::make_matrix(kMostTokens, kK, kL);
  Matrix b1 = test::make_matrix(kN, kK, kL), b2 = test::make_matrix(kN, kK, kL);
  std::mt19937 random(3);
  for (Matrix* x : {&a, &b1, &b2}) test::randomise(*x, random, nvfp4::kUe4m3One, nvfp4::kUe4m3One + 2);
  const std::vector<float> acc1 = accumulators(a, b1);
  const std::vector<float> acc2 = accumulators(a, b2);
  const Uploaded device_b1(b1), device_b2(b2);
  constexpr float kAlpha1 = 0x1p-9f, kAlpha2 = -0x1p-8f;

  for (const sm90::ShapeName name :
       {sm90::ShapeName::gemm, sm90::ShapeName::sequential, sm90::ShapeName::deep, sm90::ShapeName::narrow}) {
    const bool dual = sm90::shape_of(name).fusion != sm90::Fusion::none;
    for (const uint32_t tokens : sm90::token_sizes()) {
      if (tokens > sm90::shape_of(name).max_tokens) continue;
      for (const OutputType type : {OutputType::f16, OutputType::f32}) {
        // One block, for which nothing is gained by smaller tiles; and all of them, most with nothing to do.
        for (const int blocks : {1, sm_count}) {
          machine.gpu->sm_count = blocks;
          const Matrix rows = first_rows(a, tokens - 1);
          const Uploaded device_a(rows);
          const size_t outputs = static_cast<size_t>(kL * rows.rows * kN);
          cuda::DeviceBuffer device_c(outputs * static_cast<size_t>(bytes_per_element(type)));
          ProblemView problem{dual ? Op::dual_gemm_silu : Op::gemm, type, {}};
          problem.groups.push_back({.a = device_a.view,
                                    .b1 = device_b1.view,
                                    .b2 = dual ? device_b2.view : MatrixView{},
                                    .alpha1 = kAlpha1,
                                    .alpha2 = kAlpha2,
                                    .c = device_c.data()});
          const sm90::BoundGemm gemm(problem, {&name, 1}, machine);

          std::vector<uint8_t> c(device_c.bytes());
          for (int call = 0; call < 2; ++call) {
            cuda::check(cudaMemset(device_c.data(), 0xFF, device_c.bytes()), "poisoning");
            gemm.run(nullptr);
            cuda::check(cudaMemcpy(c.data(), device_c.data(), c.size(), cudaMemcpyDeviceToHost), "fetching");
            size_t wrong = 0;
            for (size_t i = 0; i < outputs; ++i) {
              const size_t l = i / static_cast<size_t>(rows.rows * kN);
              const size_t at = i + l * static_cast<size_t>((kMostTokens - rows.rows) * kN);
              const double exact = dual ? test::silu_mul(acc1[at], kAlpha1, acc2[at], kAlpha2)
                                        : static_cast<double>(kAlpha1 * acc1[at]);
              const double relative = type == OutputType::f16 ? 0x1p-10 : 0x1p-18;
              // Also where the output is NaN, as poison is.
              if (!(std::abs(output(c, i, type) - exact) <= relative * std::abs(exact) + 0x1p-24)) ++wrong;
            }
            CAPTURE(static_cast<int>(name), tokens, to_string(type), blocks, call);
            REQUIRE(wrong == 0);
          }
        }
      }
    }
  }
}
