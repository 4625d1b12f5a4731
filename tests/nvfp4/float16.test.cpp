#include "nvfp4/float16.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "golden.hpp"

using namespace nvfp4bench::nvfp4;

namespace {

using Decode = float (*)(uint16_t);

/// FNV-1a 64 of the fp32 bits of 1024 codes, every NaN as 7fc00000.
uint64_t checksum(Decode decode, uint32_t first_code) {
  uint64_t hash = 0xCBF2'9CE4'8422'2325u;
  for (uint32_t code = first_code; code < first_code + 1024; ++code) {
    const float value = decode(static_cast<uint16_t>(code));
    const uint32_t bits = std::isnan(value) ? 0x7FC0'0000u : std::bit_cast<uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) hash = (hash ^ (bits >> shift & 0xFF)) * 0x100'0000'01B3u;
  }
  return hash;
}

void check_decode(Decode decode, const char* table_name) {
  const auto table = golden::read(table_name);
  REQUIRE(table.size() == 64);
  for (uint32_t part = 0; part < 64; ++part) {
    CAPTURE(part);
    CHECK(checksum(decode, part * 1024) == table[part][0]);
  }
}

/// Codes that are not decoded and encoded back to themselves, NaNs aside; from fp32 and from fp64.
template <class Encode>
int count_round_trip_errors(Decode decode, Encode encode) {
  int errors = 0;
  for (uint32_t code = 0; code < 65536; ++code) {
    const float value = decode(static_cast<uint16_t>(code));
    if (std::isnan(value)) {
      errors += !std::isnan(decode(encode(value))) + !std::isnan(decode(encode(double{value})));
    } else {
      errors += (encode(value) != code) + (encode(double{value}) != code);
    }
  }
  return errors;
}

/// Rounding boundaries between neighbouring codes that do not go to the even one, or whose neighbours in
/// Source do not go to the nearest. Infinity counts as the power of two after the largest finite value.
template <class Source, class Encode>
int count_boundary_errors(Decode decode, Encode encode, uint32_t infinity, double beyond_largest) {
  constexpr Source kUp = std::numeric_limits<Source>::infinity();
  int errors = 0;
  for (uint32_t code = 0; code < infinity; ++code) {
    const double next =
        code + 1 == infinity ? beyond_largest : double{decode(static_cast<uint16_t>(code + 1))};
    const auto middle = static_cast<Source>((decode(static_cast<uint16_t>(code)) + next) / 2);
    errors += encode(std::nextafter(middle, Source{0})) != code;
    errors += encode(middle) != code + code % 2;
    errors += encode(std::nextafter(middle, kUp)) != code + 1;
    errors += encode(-middle) != code + code % 2 + 0x8000;
  }
  return errors;
}

const auto kEncodeF16 = [](auto x) { return f16_from(x); };
const auto kEncodeBf16 = [](auto x) { return bf16_from(x); };

}  // namespace

TEST_CASE("all 65,536 fp16 codes mean what NumPy says") {
  check_decode(f16_to_float, "f16_decode.txt");
  CHECK(count_round_trip_errors(f16_to_float, kEncodeF16) == 0);
}

TEST_CASE("all 65,536 bf16 codes mean what ml_dtypes says") {
  check_decode(bf16_to_float, "bf16_decode.txt");
  CHECK(count_round_trip_errors(bf16_to_float, kEncodeBf16) == 0);
}

TEST_CASE("fp16 and bf16 round as NumPy and ml_dtypes do") {
  for (const auto& row : golden::roundings()) {
    const auto x = std::bit_cast<float>(row.bits);
    CAPTURE(row.bits);
    CHECK(f16_from(x) == row.f16);
    CHECK(f16_from(double{x}) == row.f16);
    CHECK(bf16_from(x) == row.bf16);
    CHECK(bf16_from(double{x}) == row.bf16);
  }
}

TEST_CASE("every rounding boundary belongs to the even code, its neighbours to the nearest") {
  CHECK(count_boundary_errors<float>(f16_to_float, kEncodeF16, 0x7C00, 0x1p16) == 0);
  CHECK(count_boundary_errors<double>(f16_to_float, kEncodeF16, 0x7C00, 0x1p16) == 0);
  CHECK(count_boundary_errors<float>(bf16_to_float, kEncodeBf16, 0x7F80, 0x1p128) == 0);
  // In fp64 these neighbours would be ties to anything that rounds through fp32 first.
  CHECK(count_boundary_errors<double>(bf16_to_float, kEncodeBf16, 0x7F80, 0x1p128) == 0);
}

TEST_CASE("values beyond either end become infinity or zero of their sign") {
  CHECK(f16_from(1e300) == 0x7C00);
  CHECK(f16_from(-1e30f) == 0xFC00);
  CHECK(bf16_from(1e300) == 0x7F80);
  CHECK(f16_from(-1e-300) == 0x8000);
  CHECK(bf16_from(-std::numeric_limits<double>::denorm_min()) == 0x8000);
}

TEST_CASE("ordinals are consecutive integers in order of value") {
  for (uint32_t code = 0; code < 0x7C00; ++code) {
    const auto positive = static_cast<uint16_t>(code);
    const auto negative = static_cast<uint16_t>(code | 0x8000);
    REQUIRE(ordinal(static_cast<uint16_t>(code + 1)) == ordinal(positive) + 1);
    REQUIRE(ordinal(negative) == -ordinal(positive));
  }
  CHECK(ordinal(uint16_t{0x8000}) == 0);
  CHECK(ordinal(std::bit_cast<uint32_t>(1.0f)) -
            ordinal(std::bit_cast<uint32_t>(std::nextafter(1.0f, 0.0f))) ==
        1);
  CHECK(ordinal(std::bit_cast<uint32_t>(0x1p-149f)) - ordinal(std::bit_cast<uint32_t>(-0x1p-149f)) == 2);
}
