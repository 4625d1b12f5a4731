#include "nvfp4/quantize.hpp"

#include <array>
#include <stdexcept>
#include <vector>

#include "catch.hpp"
#include "nvfp4/e2m1.hpp"
#include "nvfp4/pack.hpp"
#include "nvfp4/ue4m3.hpp"

using namespace nvfp4bench::nvfp4;

namespace {

float value(const QuantizedMatrix& matrix, int64_t i) {
  return e2m1_to_float(get_nibble(matrix.codes.data(), i)) *
         ue4m3_to_float(matrix.scales[static_cast<std::size_t>(i / 16)]);
}

}  // namespace

TEST_CASE("what NVFP4 can represent is quantised without loss") {
  // Two rows of two blocks; each block holds +-6 times its scale, all codes, and a scale of its own.
  const std::array<float, 4> scales{0.5f, 1, 3.5f, 448};
  std::vector<float> x;
  for (const float scale : scales) {
    for (unsigned code = 0; code < 16; ++code) x.push_back(e2m1_to_float(code) * scale);
  }
  const QuantizedMatrix matrix = quantize(x, 2, 32, 1);
  REQUIRE(matrix.codes.size() == 32);
  REQUIRE(matrix.scales.size() == 4);
  for (int64_t i = 0; i < 64; ++i) {
    CHECK(get_nibble(matrix.codes.data(), i) == i % 16);
    CHECK(value(matrix, i) == x[static_cast<std::size_t>(i)]);
  }
}

TEST_CASE("a block's scale is amax / 6 rounded to nearest even, and its codes use the rounded scale") {
  std::array<float, 16> x{};
  x[0] = 6.375f;  // scale 1.0625, halfway between 1 and 1.125: to even, 1
  x[1] = -2.5f;   // halfway between 2 and 3 at scale 1: to even, 2
  x[2] = 0.75f;   // halfway between 0.5 and 1: to even, 1
  const QuantizedBlock block = quantize_block(x, 1);
  CHECK(ue4m3_to_float(block.scale) == 1);
  CHECK(e2m1_to_float(get_nibble(block.codes.data(), 0)) == 6);
  CHECK(e2m1_to_float(get_nibble(block.codes.data(), 1)) == -2);
  CHECK(e2m1_to_float(get_nibble(block.codes.data(), 2)) == 1);
}

TEST_CASE("the tensor scale brings the largest block to scale 448") {
  std::vector<float> x(32, 0.001f);
  x[20] = -0.5f;
  const float tensor_scale = choose_tensor_scale(x);
  CHECK(tensor_scale == 0.5f / 2688);
  const QuantizedMatrix matrix = quantize(x, 1, 32, tensor_scale);
  CHECK(matrix.scales[1] == kUe4m3Max);
  CHECK(value(matrix, 20) * tensor_scale == -0.5f);
  // 0.001 is 6 of its own block, and is lost beside 0.5.
  CHECK(value(matrix, 0) * tensor_scale == Approx(0.001).epsilon(0.07));
  CHECK(value(matrix, 21) == 0);
}

TEST_CASE("zeros, and what is too small for any scale, become zero") {
  CHECK(choose_tensor_scale(std::vector<float>(16)) == 1);
  const auto block = quantize_block(std::array<float, 16>{1e-4f, -1e-4f}, 1);
  CHECK(block.scale == 0);
  CHECK(block.codes == std::array<uint8_t, 8>{});
}

TEST_CASE("a matrix that is not made of whole blocks is refused") {
  CHECK_THROWS_AS(quantize(std::vector<float>(48), 2, 24, 1), std::invalid_argument);
  CHECK_THROWS_AS(quantize(std::vector<float>(48), 2, 32, 1), std::invalid_argument);
}
