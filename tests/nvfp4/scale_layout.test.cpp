#include "nvfp4/scale_layout.hpp"

#include <algorithm>
#include <vector>

#include "catch.hpp"

using namespace nvfp4bench::nvfp4;

namespace {

/// rows x blocks of values that name their place, never 0.
std::vector<uint8_t> numbered(int64_t rows, int64_t blocks) {
  std::vector<uint8_t> linear;
  for (int64_t i = 0; i < rows * blocks; ++i) linear.push_back(static_cast<uint8_t>(1 + i % 126));
  return linear;
}

}  // namespace

TEST_CASE("blocked offsets are those of the cuBLAS manual") {
  // k = 128: eight scales a row, two tiles beside each other.
  CHECK(blocked_scale_offset(0, 0, 128) == 0);
  CHECK(blocked_scale_offset(0, 3, 128) == 3);
  CHECK(blocked_scale_offset(1, 0, 128) == 16);
  CHECK(blocked_scale_offset(32, 0, 128) == 4);
  CHECK(blocked_scale_offset(127, 3, 128) == 511);
  CHECK(blocked_scale_offset(0, 4, 128) == 512);
  CHECK(blocked_scale_offset(128, 0, 128) == 1024);
  // k = 80: five scales a row are padded to eight.
  CHECK(blocked_scale_offset(128, 0, 80) == 1024);
}

TEST_CASE("whole tiles hold every scale exactly once") {
  const int64_t rows = 256, k = 192;
  std::vector<int> seen(static_cast<std::size_t>(blocked_scale_bytes(rows, k)));
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t s = 0; s < k / 16; ++s) ++seen.at(static_cast<std::size_t>(blocked_scale_offset(r, s, k)));
  }
  CHECK(seen == std::vector<int>(static_cast<std::size_t>(rows * k / 16), 1));
}

TEST_CASE("linear to blocked and back is the identity, and the padding is zero") {
  for (const int64_t rows : {1, 7, 127, 128, 129}) {
    for (const int64_t k : {16, 64, 80, 256}) {
      CAPTURE(rows, k);
      const auto linear = numbered(rows, k / 16);
      std::vector<uint8_t> blocked(static_cast<std::size_t>(blocked_scale_bytes(rows, k)), 0xFF);
      linear_to_blocked(linear.data(), rows, k, blocked.data());
      std::vector<uint8_t> back(linear.size());
      blocked_to_linear(blocked.data(), rows, k, back.data());
      CHECK(back == linear);
      CHECK(static_cast<std::size_t>(std::count(blocked.begin(), blocked.end(), 0)) ==
            blocked.size() - linear.size());
    }
  }
}

TEST_CASE("an empty matrix has no scales") { CHECK(blocked_scale_bytes(0, 256) == 0); }
