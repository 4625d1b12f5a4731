// The contracts of other orders than ours: right kernels are never rejected and are trusted, slightly worse ones
// are rejected.
#include "orders.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "catch.hpp"
#include "data/output_image.hpp"
#include "validate/judge.hpp"

namespace nvfp4bench::validate {
namespace {

double off(const Accumulate& accumulate, const UnpackedRow& a, const UnpackedRow& b) {
  return std::abs(double{accumulate(a, b)} * 0x1p20 - static_cast<double>(exact_sum(a, b)));
}

UnpackedRow row_of(const data::Matrix& matrix, int64_t row) {
  UnpackedRow unpacked;
  unpacked.unpack(matrix.view(), row, 0);
  return unpacked;
}

TEST_CASE("no order leaves the bound of its contract, nor that bound the one by norms") {
  Random random(5);
  const std::vector<OrderedKernel> kernels = ordered_kernels();
  for (const Fill& fill : kFills) {
    for (const int64_t k : {16, 48, 512, 1040, 4096}) {
      const data::Matrix rows = random_matrix(8, k, 1, fill, random);
      for (int64_t pair = 0; pair < 8; ++pair) {
        const UnpackedRow a = row_of(rows, pair % 4);
        UnpackedRow b = row_of(rows, 4 + pair / 2);
        // Zeros, and with them zero dots beside large scales.
        if (pair % 3 == 0)
          for (size_t i = 0; i < b.codes.size(); ++i)
            if (i / 16 % 5 != 0) b.codes[i] = 0;
        for (const OrderedKernel& kernel : kernels) {
          const double error = accumulator_error(kernel.contract, a, b);
          CAPTURE(fill.name, k, pair, kernel.name);
          REQUIRE(off(kernel.accumulate, a, b) <= error);
          REQUIRE(error <= largest_accumulator_error(kernel.contract, k, a.norm() * b.norm()));
        }
      }
    }
  }
}

TEST_CASE("sums that no order can round have bound zero in every order") {
  Random random(2);
  const data::Matrix rows = random_matrix(2, 4096, 1, kFills[3], random);
  for (const OrderedKernel& kernel : ordered_kernels()) {
    CAPTURE(kernel.name);
    CHECK(accumulator_error(kernel.contract, row_of(rows, 0), row_of(rows, 1)) == 0);
  }
}

/// One product of 2^36 units first, then `rest`-unit ones: codes 1 x 1, or for the first 2 x 2, so that a rest
/// must be a product of two scales.
struct Swamp {
  UnpackedRow a;
  UnpackedRow b;

  Swamp(size_t k, int32_t rest_a, int32_t rest_b) {
    for (UnpackedRow* row : {&a, &b}) {
      row->codes.assign(k, 1);
      row->scales.assign(k / 16, row == &a ? rest_a : rest_b);
      std::fill_n(row->codes.begin(), 16, int16_t{0});
      row->codes[0] = 2;
      row->scales[0] = 256 << 9;
    }
  }

  bool rejects(const Numerics& contract, const Accumulate& accumulate) const {
    return off(accumulate, a, b) > accumulator_error(contract, a, b);
  }
};

float products_in_order(const UnpackedRow& a, const UnpackedRow& b) {
  return add_chain(terms_of(a, b, SumTerm::product));
}

TEST_CASE("a tree that is deeper than declared, or has fewer lanes, is rejected") {
  const Swamp swamp(4096, 48, 64);  // each of the rest three quarters of half an ulp of the first
  CHECK_FALSE(swamp.rejects(tree_of(SumTerm::product, 1, 0), products_in_order));
  CHECK(swamp.rejects(tree_of(SumTerm::product, 1, 1), products_in_order));
  CHECK(swamp.rejects(tree_of(SumTerm::product, 1, 128), products_in_order));
  CHECK(swamp.rejects(tree_of(SumTerm::product, 8, 0), products_in_order));
  CHECK(swamp.rejects(tree_of(SumTerm::block, 1, 0), products_in_order));
  Numerics split = tree_of(SumTerm::product, 1, 0);
  split.split_k = {4, 16};
  CHECK(swamp.rejects(split, products_in_order));
  const auto leaves_of_512 = [](const UnpackedRow& a, const UnpackedRow& b) {
    return add_pairwise(terms_of(a, b, SumTerm::product), 512);
  };
  CHECK_FALSE(swamp.rejects(tree_of(SumTerm::product, 1, 512), leaves_of_512));
  CHECK(swamp.rejects(tree_of(SumTerm::product, 1, 64), leaves_of_512));
}

TEST_CASE("a tensor core with fewer bits or a shorter step than declared is rejected") {
  const auto bits = [](size_t products, int fraction_bits) {
    return [=](const UnpackedRow& a, const UnpackedRow& b) {
      return mma(a, b, kAscending, products, fraction_bits);
    };
  };
  const Numerics on_hopper{.accumulator = Accumulator::hopper_fp16_k16};
  const Numerics on_ampere{.accumulator = Accumulator::ampere_fp16_k8};
  const Swamp last_of_hopper(4096, 32, 64);  // 25 bits below the first
  CHECK_FALSE(last_of_hopper.rejects(on_hopper, bits(16, 25)));
  CHECK(last_of_hopper.rejects(on_hopper, bits(8, 24)));
  CHECK(last_of_hopper.rejects(on_hopper, bits(16, 13)));
  const Swamp last_of_ampere(4096, 64, 64);  // 24 bits below
  CHECK_FALSE(last_of_ampere.rejects(on_ampere, bits(8, 24)));
  CHECK(last_of_ampere.rejects(on_ampere, bits(4, 23)));

  // In every step of Blackwell's, a zero block of large scales: 25 bits of them hide the others, 35 do not.
  Swamp hidden(4096, 2, 4);
  for (size_t block = 0; block < 256; block += 4) {
    std::fill_n(hidden.a.codes.begin() + static_cast<std::ptrdiff_t>(16 * block), 16, int16_t{0});
    hidden.a.scales[block] = hidden.b.scales[block] = 256 << 9;
  }
  const Numerics on_blackwell{.accumulator = Accumulator::blackwell_nvf4_k64};
  CHECK_FALSE(hidden.rejects(on_blackwell, blackwell_nvf4));
  for (const int fewer : {25, 28})
    CHECK(hidden.rejects(on_blackwell,
                         [=](const UnpackedRow& a, const UnpackedRow& b) { return blackwell(a, b, fewer); }));
}

TEST_CASE("accumulators of bf16, fp16 and 14 bits are rejected in every order") {
  Random random(3);
  const data::Matrix rows = random_matrix(8, 1024, 1, kFills[0], random);
  for (const Rounding round : {Rounding(to_bits<8>), Rounding(to_bits<11>), Rounding(to_bits<14>)}) {
    const auto worse = [=](const UnpackedRow& a, const UnpackedRow& b) {
      return add_chain(terms_of(a, b, SumTerm::block), round);
    };
    for (const OrderedKernel& kernel : ordered_kernels()) {
      int rejected = 0;
      for (int64_t pair = 0; pair < 16; ++pair) {
        const UnpackedRow a = row_of(rows, pair % 4);
        const UnpackedRow b = row_of(rows, 4 + pair / 4);
        rejected += off(worse, a, b) > accumulator_error(kernel.contract, a, b);
      }
      CAPTURE(kernel.name);
      CHECK(rejected == 16);
    }
  }
}

TEST_CASE("parts of a split K that are added in 14 bits are rejected") {
  Random random(4);
  const data::Matrix rows = random_matrix(8, 4096, 1, kFills[0], random);
  const SplitK split{4, 64};
  for (Numerics contract : {tree_of(SumTerm::block, 1, 0), Numerics{.accumulator = Accumulator::exact}}) {
    contract.split_k = split;
    int rejected = 0;
    for (int64_t pair = 0; pair < 16; ++pair) {
      const UnpackedRow a = row_of(rows, pair % 4);
      const UnpackedRow b = row_of(rows, 4 + pair / 4);
      const double error = accumulator_error(contract, a, b);
      const auto by = [&](Rounding round) {
        return off([&](const auto& x, const auto& y) { return add_split(x, y, split, add_blocks, round); }, a,
                   b);
      };
      if (contract.accumulator != Accumulator::exact) CHECK(by(to_fp32) <= error);
      rejected += by(to_bits<14>) > error;
    }
    CHECK(rejected >= 15);
  }
}

/// A real problem of the shipped fills and an exact reference.
struct Shipped {
  data::Operands operands;
  ProblemView view;
  data::OutputImage outputs;
  Reference reference;

  explicit Shipped(const Problem& problem) : operands(data::generate(problem, 1)), outputs(problem) {
    view = data::view(problem, operands);
    outputs.attach(view);
    reference = compute_reference(view, 1);
  }
};

TEST_CASE("right kernels of every order are trusted at K = 7168") {
  const char* fill = GENERATE("gpumode", "gauss");
  Problem problem;
  problem.fill = fill;
  problem.groups = {{4, 64, 7168, 1, {}, {}}};
  Shipped shipped(problem);
  const GroupView& group = shipped.view.groups[0];
  UnpackedRow a, b;
  for (const OrderedKernel& kernel : ordered_kernels()) {
    for (int64_t i = 0; i < group.m() * group.n(); ++i) {
      a.unpack(group.a, i / group.n(), 0);
      b.unpack(group.b1, i % group.n(), 0);
      const float gate = group.alpha1 * kernel.accumulate(a, b);
      b.unpack(group.b2, i % group.n(), 0);
      const float up = group.alpha2 * kernel.accumulate(a, b);
      static_cast<uint16_t*>(group.c)[i] =
          static_cast<uint16_t>(round_to_bits(gate / (1 + std::exp(-gate)) * up, OutputType::f16));
    }
    const Verdict verdict = judge(shipped.view, shipped.reference, kernel.contract, {});
    CAPTURE(fill, kernel.name, verdict.reason, verdict.wide, verdict.exact_zero);
    CHECK(verdict.status == Status::passed);
  }
}

}  // namespace
}  // namespace nvfp4bench::validate
