// What the driver would refuse, without one.
#include "cuda/tensor_map.hpp"

#include <stdexcept>

#include "catch.hpp"

using namespace nvfp4bench::cuda;

namespace {

alignas(16) const unsigned char kBase[32] = {};

/// A map that keeps every rule with nothing to spare.
TensorMapDesc tightest() {
  return {.base = kBase,
          .element = Element::f16,
          .swizzle = Swizzle::b128,
          .size = {uint64_t{1} << 32, 1, 1},
          .stride_bytes = {16, (uint64_t{1} << 40) - 16},
          .box = {64, 256, 1}};
}

}  // namespace

TEST_CASE("a tensor map that keeps every rule to the limit can be encoded") {
  CHECK(why_not_encodable(tightest()) == "");
  TensorMapDesc desc = tightest();
  desc.element = Element::u8;
  desc.box[0] = 128;
  CHECK(why_not_encodable(desc) == "");
  desc.swizzle = Swizzle::none;
  desc.box[0] = 256;
  CHECK(why_not_encodable(desc) == "");
  desc.swizzle = Swizzle::b32;
  desc.box[0] = 32;
  CHECK(why_not_encodable(desc) == "");
  desc.swizzle = Swizzle::b64;
  desc.box[0] = 64;
  CHECK(why_not_encodable(desc) == "");
}

TEST_CASE("each broken rule of a tensor map is named, before the driver is asked") {
  struct Case {
    void (*damage)(TensorMapDesc&);
    const char* reason;
  };
  for (const Case& c : {
           Case{[](TensorMapDesc& d) { d.base = kBase + 8; }, "the base is not 16-byte aligned"},
           Case{[](TensorMapDesc& d) { d.size[2] = 0; }, "size 0 is not within 1 to 2^32"},
           Case{[](TensorMapDesc& d) { d.size[0] += 1; }, "size 4294967297 is not within 1 to 2^32"},
           Case{[](TensorMapDesc& d) { d.stride_bytes[0] = 24; },
                "stride 24 is not a multiple of 16 bytes below 2^40"},
           Case{[](TensorMapDesc& d) { d.stride_bytes[1] += 16; },
                "stride 1099511627776 is not a multiple of 16 bytes below 2^40"},
           Case{[](TensorMapDesc& d) { d.box[1] = 257; }, "box extent 257 is not within 1 to 256"},
           Case{[](TensorMapDesc& d) { d.box[2] = 0; }, "box extent 0 is not within 1 to 256"},
           Case{[](TensorMapDesc& d) { d.box[0] = 60; }, "a box row of 120 bytes is not a multiple of 16"},
           Case{[](TensorMapDesc& d) { d.box[0] = 72; },
                "a box row of 144 bytes is wider than the swizzle's 128"},
           Case{[](TensorMapDesc& d) { d.swizzle = Swizzle::b64; },
                "a box row of 128 bytes is wider than the swizzle's 64"},
           Case{[](TensorMapDesc& d) { d.swizzle = Swizzle::b32; },
                "a box row of 128 bytes is wider than the swizzle's 32"},
       }) {
    TensorMapDesc desc = tightest();
    c.damage(desc);
    CHECK(why_not_encodable(desc) == c.reason);
    CHECK_THROWS_AS(make_tensor_map(desc), std::invalid_argument);
  }
}
