#include "text/nearest.hpp"

#include <array>
#include <string>
#include <string_view>

#include "catch.hpp"

namespace nvfp4bench::text {
namespace {

TEST_CASE("the nearest name is a typing error away") {
  const std::array<std::string_view, 3> names = {"gauss", "gpumode", "full"};
  CHECK(nearest("gaus", names) == "gauss");
  CHECK(nearest("gpu_mode", names) == "gpumode");
  CHECK(nearest("ful", names) == "full");
  CHECK(nearest("zebra", names).empty());
  CHECK(nearest("", names).empty());
  CHECK(nearest(std::string(1'000'000, 'x'), names).empty());
  CHECK(did_you_mean("gaus", names) == " (did you mean 'gauss'?)");
  CHECK(did_you_mean("zebra", names).empty());
}

}  // namespace
}  // namespace nvfp4bench::text
