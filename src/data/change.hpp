// Operands that change between runs, in places that a kernel cannot guess: a result that it kept is wrong, and it
// takes a comparison of all operands to find where.
//
// A change is small: in every group, two scale blocks of one row of a, of one of b1 and of one of b2. It touches a
// row and two columns of c, and to find it takes as long as to read all operands.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "model/views.hpp"

namespace nvfp4bench::data {

/// Two scale blocks of one row change places, and the codes that come to `first` change sign: the row's magnitudes
/// stay the same, and one that holds a NaN scale still does.
struct BlockSwap {
  int64_t row = 0;  // of [l][rows]
  int64_t first = 0;
  int64_t second = 0;  // the same block, where there is no other near it
};

struct GroupChange {
  BlockSwap a;
  BlockSwap b1;
  BlockSwap b2;  // means nothing for op gemm
};

struct Change {
  std::vector<std::optional<GroupChange>> groups;  // absent where a group is empty
};

/// One that is drawn from all equally likely ones.
Change draw_change(const ProblemView& problem, std::mt19937_64& random);

/// Bytes of an operand, a multiple of 4 of them from a multiple of 4 on.
struct Piece {
  std::size_t array = 0;  // of operand_arrays()
  int64_t offset = 0;
  int64_t bytes = 0;

  bool operator==(const Piece&) const = default;
};

/// Copies pieces between two views of one problem; `to` is memory that may be written.
void copy_pieces(std::span<const Piece> pieces, ProblemView from, ProblemView to);

/// Operands while a change is made to them.
class ChangedOperands {
 public:
  /// Makes it. The operands must be memory that may be written, and outlive this.
  ChangedOperands(const ProblemView& problem, const Change& change);
  /// Undoes it.
  ~ChangedOperands();
  ChangedOperands(const ChangedOperands&) = delete;
  ChangedOperands& operator=(const ChangedOperands&) = delete;

  /// All that is different now.
  std::span<const Piece> pieces() const { return pieces_; }
  /// Those of b1 and b2.
  std::span<const Piece> pieces_of_weights() const { return std::span(pieces_).subspan(of_tokens_); }

 private:
  void add_swap(const MatrixView& matrix, std::size_t array, const BlockSwap& swap);

  ProblemView problem_;
  std::vector<Piece> pieces_;
  std::size_t of_tokens_ = 0;  // of them, the first so many are of a
  std::vector<uint8_t> kept_;  // what was in the pieces, one after the other
};

}  // namespace nvfp4bench::data
