#include "nvfp4/e2m1.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "golden.hpp"
#include "nvfp4/pack.hpp"

using namespace nvfp4bench::nvfp4;

TEST_CASE("all 16 E2M1 codes mean what ml_dtypes says") {
  const auto table = golden::read("e2m1_decode.txt");
  REQUIRE(table.size() == 16);
  for (unsigned code = 0; code < 16; ++code) {
    CAPTURE(code);
    CHECK(std::bit_cast<uint32_t>(e2m1_to_float(code)) == table[code][0]);
    CHECK(static_cast<float>(e2m1_to_twice(code)) == 2 * e2m1_to_float(code));
    CHECK(e2m1_from_float(e2m1_to_float(code)) == code);
  }
}

TEST_CASE("E2M1 rounds to nearest even and saturates, as ml_dtypes does") {
  for (const auto& row : golden::roundings()) {
    CAPTURE(row.bits);
    CHECK(e2m1_from_float(std::bit_cast<float>(row.bits)) == row.e2m1);
  }
}

TEST_CASE("every E2M1 rounding boundary belongs to the even code, its neighbours to the nearest") {
  for (unsigned code = 0; code < 7; ++code) {
    const float middle = (e2m1_to_float(code) + e2m1_to_float(code + 1)) / 2;
    CAPTURE(code);
    CHECK(e2m1_from_float(std::nextafter(middle, 0.0f)) == code);
    CHECK(e2m1_from_float(middle) == code + code % 2);
    CHECK(e2m1_from_float(std::nextafter(middle, 7.0f)) == code + 1);
    CHECK(e2m1_from_float(-middle) == (code + code % 2) + 8);
  }
  CHECK(e2m1_from_float(std::numeric_limits<float>::infinity()) == 7);
  CHECK(e2m1_from_float(std::numeric_limits<float>::quiet_NaN()) == 7);
}

TEST_CASE("the even element lies in the low nibble, and storing one keeps the other") {
  uint8_t bytes[2] = {0, 0};
  for (int i = 0; i < 4; ++i) put_nibble(bytes, i, static_cast<uint8_t>(0xA + i));
  CHECK(bytes[0] == 0xBA);
  CHECK(bytes[1] == 0xDC);
  put_nibble(bytes, 1, 0x2);
  CHECK(bytes[0] == 0x2A);
  CHECK(get_nibble(bytes, 0) == 0xA);
  CHECK(get_nibble(bytes, 3) == 0xD);
}
