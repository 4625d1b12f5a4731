#include "nvfp4/ue4m3.hpp"

#include <bit>
#include <cmath>

#include "golden.hpp"

using namespace nvfp4bench::nvfp4;

TEST_CASE("all 256 E4M3 codes: the scales mean what ml_dtypes says, the signed ones are no scales") {
  const auto table = golden::read("e4m3_decode.txt");
  REQUIRE(table.size() == 256);
  for (int code = 0; code < 256; ++code) {
    CAPTURE(code);
    const auto byte = static_cast<uint8_t>(code);
    const auto bits = static_cast<uint32_t>(table[static_cast<std::size_t>(code)][0]);
    CHECK(ue4m3_is_valid(byte) == (bits >> 31 == 0));
    if (!ue4m3_is_valid(byte)) continue;
    if (byte == kUe4m3Nan) {
      CHECK(std::isnan(std::bit_cast<float>(bits)));
      CHECK(std::isnan(ue4m3_to_float(byte)));
      CHECK(ue4m3_from_float(ue4m3_to_float(byte)) == kUe4m3Nan);
    } else {
      CHECK(std::bit_cast<uint32_t>(ue4m3_to_float(byte)) == bits);
      CHECK(ue4m3_to_units(byte) / 512.0 == std::bit_cast<float>(bits));
      CHECK(ue4m3_from_float(ue4m3_to_float(byte)) == byte);
    }
  }
}

TEST_CASE("UE4M3 rounds to nearest even and saturates, as ml_dtypes does") {
  for (const auto& row : golden::roundings()) {
    CAPTURE(row.bits);
    CHECK(ue4m3_from_float(std::abs(std::bit_cast<float>(row.bits))) == row.e4m3);
  }
}

TEST_CASE("every UE4M3 rounding boundary belongs to the even code, its neighbours to the nearest") {
  for (uint8_t code = 0; code < kUe4m3Max; ++code) {
    const auto next = static_cast<uint8_t>(code + 1);
    const float middle = (ue4m3_to_float(code) + ue4m3_to_float(next)) / 2;
    CAPTURE(int{code});
    CHECK(ue4m3_from_float(std::nextafter(middle, 0.0f)) == code);
    CHECK(ue4m3_from_float(middle) == code + code % 2);
    CHECK(ue4m3_from_float(std::nextafter(middle, 500.0f)) == next);
  }
}
