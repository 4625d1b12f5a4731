#include "data/change.hpp"

#include <set>
#include <string>

#include "catch.hpp"
#include "data/operand_arrays.hpp"
#include "data/operands.hpp"

namespace nvfp4bench::data {
namespace {

Problem ragged(Op op) {
  Problem problem;
  problem.op = op;
  problem.fill = std::string("full");
  problem.groups = {
      {.m = 3, .n = 130, .k = 80, .l = 2}, {.m = 0, .n = 5, .k = 16}, {.m = 1, .n = 7, .k = 16}};
  return problem;
}

std::vector<std::vector<uint8_t>> bytes_of(ProblemView view) {
  std::vector<std::vector<uint8_t>> bytes;
  for (const OperandArray& array : operand_arrays(view))
    bytes.emplace_back(array.pointer, array.pointer + array.bytes);
  return bytes;
}

struct Bench {
  explicit Bench(Op op)
      : problem(ragged(op)), operands(generate(problem, 1)), view(data::view(problem, operands)) {}
  Problem problem;
  Operands operands;
  ProblemView view;
  std::mt19937_64 random{11};
};

TEST_CASE(
    "a change is of every matrix of every group that is not empty, and in every row and block sooner or later") {
  Bench bench(Op::dual_gemm_silu);
  std::set<int64_t> rows;
  std::set<int64_t> blocks;
  for (int i = 0; i < 300; ++i) {
    const Change change = draw_change(bench.view, bench.random);
    REQUIRE(change.groups.size() == 3);
    CHECK_FALSE(change.groups[1]);
    REQUIRE(change.groups[0]);
    const BlockSwap& a = change.groups[0]->a;
    rows.insert(a.row);
    blocks.insert({a.first, a.second});
    CHECK((a.first == a.second) == (a.first == 4));                    // of five, the last has no neighbour
    CHECK(change.groups[2]->b2.first == change.groups[2]->b2.second);  // there is no other block
  }
  CHECK(rows == std::set<int64_t>{0, 1, 2, 3, 4, 5});
  CHECK(blocks == std::set<int64_t>{0, 1, 2, 3, 4});
}

TEST_CASE("a change swaps two blocks, turns the signs of one, and is undone to the byte") {
  const auto op = GENERATE(Op::dual_gemm_silu, Op::gemm);
  Bench bench(op);
  const auto before = bytes_of(bench.view);
  for (int i = 0; i < 50; ++i) {
    const Change change = draw_change(bench.view, bench.random);
    {
      const ChangedOperands changed(bench.view, change);
      const auto now = bytes_of(bench.view);
      for (std::size_t array = 0; array < now.size(); ++array) {
        for (std::size_t byte = 0; byte < now[array].size(); ++byte) {
          if (now[array][byte] == before[array][byte]) continue;
          const bool told =
              std::any_of(changed.pieces().begin(), changed.pieces().end(), [&](const Piece& piece) {
                return piece.array == array && static_cast<int64_t>(byte) >= piece.offset &&
                       static_cast<int64_t>(byte) < piece.offset + piece.bytes;
              });
          CHECK(told);
        }
      }
      const BlockSwap& a = change.groups[0]->a;
      for (int64_t byte = 0; byte < 8; ++byte) {
        const std::size_t first = a.row * 40 + a.first * 8 + byte;
        const std::size_t second = a.row * 40 + a.second * 8 + byte;
        CHECK(now[0][first] == (before[0][second] ^ 0x88));
        if (a.first != a.second) CHECK(now[0][second] == before[0][first]);
      }
      CHECK(now[op == Op::gemm ? 8 : 12] != before[op == Op::gemm ? 8 : 12]);  // a of the last group
    }
    CHECK(bytes_of(bench.view) == before);
  }
}

TEST_CASE("pieces bring a copy to where the operands are, and back") {
  Bench bench(Op::dual_gemm_silu);
  const Operands copy = generate(bench.problem, 1);
  const ProblemView copied = data::view(bench.problem, copy);
  const auto before = bytes_of(copied);
  std::vector<Piece> pieces;
  {
    const ChangedOperands changed(bench.view, draw_change(bench.view, bench.random));
    pieces.assign(changed.pieces().begin(), changed.pieces().end());
    copy_pieces(pieces, bench.view, copied);
    CHECK(bytes_of(copied) == bytes_of(bench.view));
    CHECK(bytes_of(copied) != before);
  }
  copy_pieces(pieces, bench.view, copied);
  CHECK(bytes_of(copied) == before);
}

}  // namespace
}  // namespace nvfp4bench::data
