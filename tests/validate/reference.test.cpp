#include "validate/reference.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "matrix.hpp"
#include "naive.hpp"
#include "nvfp4/e2m1.hpp"
#include "nvfp4/isa_support.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::validate {
namespace {

using Random = std::mt19937_64;

int64_t pick(Random& random, int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random);
}

using test::Matrix;

/// Of one row: every code is `code`, every scale one.
Matrix row_of(int64_t k, uint8_t code) {
  Matrix x = test::make_matrix(1, k, 1);
  test::fill(
      x, [=] { return code; }, [] { return nvfp4::kUe4m3One; });
  return x;
}

/// Inclusive range of scale codes.
struct Scales {
  int64_t low = 0;
  int64_t high = nvfp4::kUe4m3Max;
};

Matrix random_matrix(Random& random, int64_t rows, int64_t k, int64_t l, Scales range = {}) {
  Matrix x = test::make_matrix(rows, k, l);
  test::fill(
      x, [&] { return static_cast<uint8_t>(random() % 16); },
      [&] { return static_cast<uint8_t>(pick(random, range.low, range.high)); });
  return x;
}

GroupView group_of(const Matrix& a, const Matrix& b1, const Matrix& b2) {
  return {.a = a.view(), .b1 = b1.view(), .b2 = b2.view()};
}

/// The reference of a group, from the definition.
GroupReference by_definition(const GroupView& group) {
  GroupReference out;
  for (int64_t l = 0; l < group.l(); ++l) {
    for (int64_t m = 0; m < group.m(); ++m) {
      for (int64_t n = 0; n < group.n(); ++n) {
        out.acc1.push_back(dot_by_definition(group.a, m, group.b1, n, l).sum);
        out.acc2.push_back(dot_by_definition(group.a, m, group.b2, n, l).sum);
      }
    }
  }
  return out;
}

std::vector<Isa> isas_here() {
  std::vector<Isa> isas;
  for (Isa isa : kIsas) {
    if (nvfp4::why_not(isa).empty()) isas.push_back(isa);
  }
  return isas;
}

/// Holds compute_reference against `expected` for every instruction set that this machine has.
void check(const ProblemView& problem, const std::vector<GroupReference>& expected, int threads = 2) {
  for (Isa isa : isas_here()) {
    INFO("isa " << to_string(isa) << ", threads " << threads);
    const Reference got = compute_reference(problem, threads, isa);
    REQUIRE(got.groups.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK((got.groups[i].acc1 == expected[i].acc1));
      if (problem.op == Op::dual_gemm_silu) CHECK((got.groups[i].acc2 == expected[i].acc2));
    }
  }
}

TEST_CASE("the definition gives hand-computed values") {
  Matrix a = test::make_matrix(1, 16, 1);
  Matrix b = test::make_matrix(1, 16, 1);
  a.codes.data()[0] = 0xF2;  // 1, -6
  b.codes.data()[0] = 0x53;  // 1.5, 3
  test::set_scale(a, 0, 0, 0, nvfp4::kUe4m3Max);
  test::set_scale(b, 0, 0, 0, 1);  // 2^-9
  const ExactDot dot = dot_by_definition(a.view(), 0, b.view(), 0, 0);
  CHECK(dot.sum == static_cast<int64_t>((1.5 - 18) * 448 / 512 * 0x1p20));
  CHECK_FALSE(dot.nan);
}

TEST_CASE("the fast reference equals the definition on random problems that cover all codes and scales") {
  // Narrow ranges of scales keep sums in 32 bits, wide ones do not: both paths and both reasons to leave the
  // first are met.
  const std::vector<Scales> ranges{{0, 126}, {56, 72}, {0, 16}, {119, 126}, {64, 118}, {40, 126}};
  Random random(2);
  std::set<std::pair<int, int>> code_pairs;
  std::set<int> a_scales;
  std::set<int> b_scales;
  for (int i = 0; i < 3000; ++i) {
    const Scales a_range = ranges[pick(random, 0, 5)];
    const Scales b_range = ranges[pick(random, 0, 5)];
    const int64_t k = kScaleBlock * pick(random, 1, 7);
    const int64_t l = i % 8 == 0 ? 2 : 1;
    Matrix a = random_matrix(random, pick(random, 1, 8), k, l, a_range);
    Matrix b1 = random_matrix(random, pick(random, 1, 20), k, l, b_range);
    const Matrix b2 = random_matrix(random, b1.rows, k, l, b_range);
    const GroupView group = group_of(a, b1, b2);
    check({.groups = {group}}, {by_definition(group)}, 1);
    for (int64_t j = 0; j < k; ++j) code_pairs.emplace(test::code(a, 0, 0, j), test::code(b1, 0, 0, j));
    for (int64_t block = 0; block < k / kScaleBlock; ++block) {
      a_scales.insert(test::scale(a, 0, 0, block));
      b_scales.insert(test::scale(b1, 0, 0, block));
    }
  }
  CHECK(code_pairs.size() == 256);
  CHECK(a_scales.size() == 127);
  CHECK(b_scales.size() == 127);
}

TEST_CASE("the fast reference equals the definition over several chunks, tiles and panels") {
  const std::vector<Scales> ranges{{0, 126}, {0, 63}, {56, 72}, {8, 126}, {96, 126}};
  Random random(3);
  for (const Scales& range : ranges) {
    const Matrix a = random_matrix(random, 23, 2416, 1, range);
    const Matrix b1 = random_matrix(random, 37, 2416, 1, range);
    const Matrix b2 = random_matrix(random, 37, 2416, 1, {56, 72});
    const GroupView group = group_of(a, b1, b2);
    check({.groups = {group}}, {by_definition(group)});
  }
}

TEST_CASE("more rows than are packed at once equal the definition") {
  Random random(4);
  const Matrix a = random_matrix(random, 1031, 32, 1);
  const Matrix b1 = random_matrix(random, 5, 32, 1);
  const Matrix b2 = random_matrix(random, 5, 32, 1);
  const GroupView group = group_of(a, b1, b2);
  check({.groups = {group}}, {by_definition(group)});
}

TEST_CASE("sums just inside and outside 32 bits are exact") {
  // Every value 6, so that the bound on the sum is met with equality. One block of scales 1 (units of the
  // odd 2^-9, to keep the powers of two in) sets the unit; the rest have scale code `high`.
  for (int high = 8; high <= 126; ++high) {
    for (int64_t k : {32, 1024}) {
      Matrix a = row_of(k, 0x7);
      Matrix b = row_of(k, 0x7);
      Matrix negative = row_of(k, 0xF);
      for (int64_t block = 0; block < k / kScaleBlock; ++block) {
        for (Matrix* x : {&a, &b, &negative})
          test::set_scale(*x, 0, 0, block, block == 0 ? 1 : static_cast<uint8_t>(high));
      }
      for (const Matrix* other : {&b, &negative}) {
        const GroupView group = group_of(a, *other, *other);
        check({.groups = {group}}, {by_definition(group)}, 1);
      }
    }
  }
}

TEST_CASE("the largest values at the largest K do not overflow") {
  Matrix a = row_of(kMaxK, 0x7);
  Matrix b = row_of(kMaxK, 0xF);
  for (int64_t block = 0; block < kMaxK / kScaleBlock; ++block) {
    for (Matrix* x : {&a, &b}) test::set_scale(*x, 0, 0, block, nvfp4::kUe4m3Max);
  }
  // 6 * 6 * 448 * 448 in units of 2^-20.
  constexpr int64_t kLargestProduct = int64_t{36} * 448 * 448 << 20;
  const GroupView opposite = group_of(a, b, a);
  GroupReference expected;
  expected.acc1 = {-kLargestProduct * kMaxK};
  expected.acc2 = {kLargestProduct * kMaxK};
  check({.groups = {opposite}}, {expected}, 1);

  // With an odd scale in every chunk no common power of two can be taken out.
  for (int64_t block = 0; block < kMaxK / kScaleBlock; block += 8) {
    for (Matrix* x : {&a, &b}) test::set_scale(*x, 0, 0, block, 1);
  }
  const GroupView mixed = group_of(a, b, a);
  expected.acc1 = {dot_by_definition(a.view(), 0, b.view(), 0, 0).sum};
  expected.acc2 = {dot_by_definition(a.view(), 0, a.view(), 0, 0).sum};
  check({.groups = {mixed}}, {expected}, 1);
}

TEST_CASE("a NaN scale flags exactly its row, even under zero codes") {
  Random random(5);
  Matrix a = random_matrix(random, 9, 2064, 2);
  Matrix b1 = random_matrix(random, 21, 2064, 2);
  Matrix b2 = random_matrix(random, 21, 2064, 2);
  test::set_scale(a, 1, 7, 128, nvfp4::kUe4m3Nan);
  test::set_scale(b1, 0, 20, 0, nvfp4::kUe4m3Nan);
  test::set_scale(b2, 1, 3, 64, nvfp4::kUe4m3Nan);
  // The codes under one of them are all zero.
  for (int64_t k = 0; k < kScaleBlock; ++k) test::set_code(b1, 0, 20, k, k % 2 == 0 ? 0x0 : 0x8);
  GroupReference expected;
  expected.a_nan.assign(18, 0);
  expected.a_nan[9 + 7] = 1;
  expected.b1_nan.assign(42, 0);
  expected.b1_nan[20] = 1;
  expected.b2_nan.assign(42, 0);
  expected.b2_nan[21 + 3] = 1;
  const GroupView group = group_of(a, b1, b2);
  for (Isa isa : isas_here()) {
    const Reference got = compute_reference({.groups = {group}}, 2, isa);
    CHECK(got.groups[0].a_nan == expected.a_nan);
    CHECK(got.groups[0].b1_nan == expected.b1_nan);
    CHECK(got.groups[0].b2_nan == expected.b2_nan);
    // Rows without NaN keep their values.
    CHECK(got.groups[0].acc1[0] == dot_by_definition(group.a, 0, group.b1, 0, 0).sum);
    CHECK(dot_by_definition(group.a, 0, group.b1, 20, 0).nan);
  }
}

TEST_CASE("padding of the scales is not read") {
  Random random(6);
  Matrix a = random_matrix(random, 5, 80, 1);
  Matrix b = random_matrix(random, 19, 80, 1);
  const GroupView group = group_of(a, b, b);
  const GroupReference expected = by_definition(group);
  for (Matrix* x : {&a, &b}) {
    std::vector<uint8_t> poisoned(x->scales.size(), nvfp4::kUe4m3Nan);
    for (int64_t row = 0; row < x->rows; ++row) {
      for (int64_t block = 0; block < 5; ++block)
        poisoned[test::scale_at(*x, 0, row, block)] = test::scale(*x, 0, row, block);
    }
    std::copy(poisoned.begin(), poisoned.end(), x->scales.data());
  }
  const GroupView poisoned_group = group_of(a, b, b);
  check({.groups = {poisoned_group}}, {expected});
  const Reference got = compute_reference({.groups = {poisoned_group}}, 2);
  CHECK(got.groups[0].a_nan == std::vector<uint8_t>(5));
  CHECK(got.groups[0].b1_nan == std::vector<uint8_t>(19));
}

TEST_CASE("an empty group leaves its neighbours untouched, and op gemm has no second product") {
  Random random(7);
  const Matrix a = random_matrix(random, 7, 48, 1);
  const Matrix none = random_matrix(random, 0, 48, 1);
  const Matrix b = random_matrix(random, 18, 48, 1);
  const GroupView group{.a = a.view(), .b1 = b.view(), .b2 = {}};
  const GroupView empty{.a = none.view(), .b1 = b.view(), .b2 = {}};
  GroupReference expected;
  for (int64_t m = 0; m < 7; ++m) {
    for (int64_t n = 0; n < 18; ++n) {
      expected.acc1.push_back(dot_by_definition(group.a, m, group.b1, n, 0).sum);
    }
  }
  const ProblemView problem{.op = Op::gemm, .groups = {empty, group, empty, group, empty}};
  check(problem, {{}, expected, {}, expected, {}});
  const Reference got = compute_reference(problem, 2);
  CHECK(got.groups[1].acc2.empty());
  CHECK(got.groups[1].b2_nan.empty());
}

TEST_CASE("the thread count does not matter") {
  Random random(8);
  const Matrix a = random_matrix(random, 40, 1104, 1, {0, 127});
  const Matrix b1 = random_matrix(random, 50, 1104, 1, {0, 127});
  const Matrix b2 = random_matrix(random, 50, 1104, 1, {0, 127});
  const ProblemView problem{.groups = {group_of(a, b1, b2)}};
  const Reference one = compute_reference(problem, 1);
  for (int threads : {2, 3}) {
    const Reference more = compute_reference(problem, threads);
    CHECK((more.groups[0].acc1 == one.groups[0].acc1));
    CHECK((more.groups[0].acc2 == one.groups[0].acc2));
    CHECK(more.groups[0].a_nan == one.groups[0].a_nan);
    CHECK(more.groups[0].b1_nan == one.groups[0].b1_nan);
    CHECK(more.groups[0].b2_nan == one.groups[0].b2_nan);
  }
}

}  // namespace
}  // namespace nvfp4bench::validate
