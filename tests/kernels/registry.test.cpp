#include "kernels/registry.hpp"

#include <algorithm>

#include "catch.hpp"

using namespace nvfp4bench;

namespace {

constexpr std::string_view kRows[] = {
#define VARIANT(target, idea) #target "/" #idea,
#include "kernels/variants.def"
#undef VARIANT
};

}  // namespace

TEST_CASE("every variant is called as its row of the registry says") {
  const auto variants = kernels::variants();
  REQUIRE(variants.size() == std::size(kRows));
  for (std::size_t i = 0; i < variants.size(); ++i) CHECK(variants[i]->name == kRows[i]);
}

TEST_CASE("every variant says what it is and can be asked") {
  for (const kernels::Variant* variant : kernels::variants()) {
    CAPTURE(variant->name);
    CHECK_FALSE(variant->summary.empty());
    CHECK(variant->on_gpu == !variant->name.starts_with("cpu/"));
    CHECK(variant->structure.launches >= 1);
    CHECK(variant->why_not != nullptr);
    CHECK(variant->bind != nullptr);
  }
}
