// Where a product finds its operands, as far as that needs no memory on a GPU.
#include "kernels/cublaslt/prepared_matrix.hpp"

#include "catch.hpp"
#include "nvfp4/scale_layout.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::kernels::cublaslt;

namespace {

const uint8_t kCodes[3 * 130 * 48] = {};
const uint8_t kScales[3 * 2 * 512 * 2] = {};

MatrixView matrix(int64_t rows) {
  return {.rows = rows, .k = 96, .l = 3, .codes = kCodes, .scales = kScales};
}

}  // namespace

TEST_CASE("a single FP4 matrix is used where it is, each batch index behind the other") {
  const PreparedMatrix prepared({matrix(130)}, Operands::nvfp4);
  CHECK_FALSE(prepared.needs_preparation());
  CHECK(prepared.workspace_bytes() == 0);
  CHECK(prepared.rows() == 130);
  REQUIRE(nvfp4::blocked_scale_bytes(130, 96) == 2 * 2 * 512);
  CHECK(prepared.values(0) == kCodes);
  CHECK(prepared.values(2) == kCodes + 2 * 130 * 48);
  CHECK(prepared.scales(0) == kScales);
  CHECK(prepared.scales(1) == kScales + 2 * 2 * 512);
}

TEST_CASE("a matrix without rows takes no memory, dequantised, stacked or in place") {
  for (const Operands type : {Operands::fp16, Operands::nvfp4}) {
    const PreparedMatrix prepared({matrix(0), matrix(0)}, type);
    CHECK(prepared.rows() == 0);
    CHECK(prepared.workspace_bytes() == 0);
    CHECK_FALSE(prepared.needs_preparation());
  }
}

TEST_CASE("fp16 operands have no scales") {
  const PreparedMatrix prepared({matrix(0)}, Operands::fp16);
  CHECK(prepared.scales(2) == nullptr);
}
