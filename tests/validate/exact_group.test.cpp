#include "validate/exact_group.hpp"

#include <cmath>

#include "catch.hpp"

using namespace nvfp4bench;
using namespace nvfp4bench::validate;

namespace {

constexpr int64_t kOne = int64_t{1} << 20;  // an accumulator of 1.0

/// m 2, n 3, l 2: alpha1 acc1 is 0.5, 1, ... 6 in order of [l][m][n], acc2 is 2.
struct Hand {
  GroupView group;
  GroupReference reference;

  Hand() {
    group.a.rows = 2;
    group.a.l = 2;
    group.b1.rows = 3;
    for (int64_t i = 1; i <= 12; ++i) {
      reference.acc1.push_back(i * kOne);
      reference.acc2.push_back(2 * kOne);
    }
    reference.a_nan.assign(4, 0);
    reference.b1_nan.assign(6, 0);
    reference.b2_nan.assign(6, 0);
  }

  /// Places in c at which only NaN is right.
  std::vector<int64_t> nans(Op op) const {
    const Epilogue epilogue{op, OutputType::f32, {}, 0.5F, 1};
    const ExactGroup exact(epilogue, group, reference);
    std::vector<int64_t> places;
    for (int64_t i = 0; i < 12; ++i) {
      if (std::isnan(exact.output(i / 3, i % 3))) places.push_back(i);
    }
    return places;
  }
};

}  // namespace

TEST_CASE("an expected output is the epilogue of its accumulators, b2's only where the op has one", ) {
  const Hand hand;
  const Epilogue gemm{Op::gemm, OutputType::f32, {}, 0.5F, 1};
  const ExactGroup single(gemm, hand.group, hand.reference);
  CHECK(single.output(0, 0) == 0.5);
  CHECK(single.output(3, 2) == 6);
  CHECK(single.sum2(3, 2) == 0);

  const Epilogue dual{Op::dual_gemm_silu, OutputType::f32, {}, 0.5F, 1};
  const ExactGroup both(dual, hand.group, hand.reference);
  CHECK(both.output(1, 0) == Approx(2 * 2 / (1 + std::exp(-2.0))));
}

TEST_CASE("a NaN scale makes a row or a column of its own batch NaN, and b2's none of op gemm") {
  using Places = std::vector<int64_t>;
  Hand hand;
  CHECK(hand.nans(Op::dual_gemm_silu).empty());
  hand.reference.a_nan[3] = 1;  // l 1, m 1
  CHECK(hand.nans(Op::gemm) == Places{9, 10, 11});
  hand.reference.b1_nan[5] = 1;  // l 1, n 2
  CHECK(hand.nans(Op::gemm) == Places{8, 9, 10, 11});
  hand.reference.b2_nan[1] = 1;  // l 0, n 1
  CHECK(hand.nans(Op::gemm) == Places{8, 9, 10, 11});
  CHECK(hand.nans(Op::dual_gemm_silu) == Places{1, 4, 8, 9, 10, 11});
}
