#include "data/change.hpp"

#include <algorithm>
#include <cstring>

#include "data/operand_arrays.hpp"
#include "nvfp4/scale_layout.hpp"

namespace nvfp4bench::data {
namespace {

constexpr int64_t kBlockBytes = kScaleBlock / 2;
/// Blocks change places with others of the same four, whose scales are a word in the blocked layout and whose codes
/// share a cache line: what such a change does to sums is soon found.
constexpr int64_t kNeighbours = nvfp4::kScaleTileCols;
/// The signs of the two codes of a byte.
constexpr uint8_t kSigns = 0x88;

int64_t draw(int64_t count, std::mt19937_64& random) {
  return std::uniform_int_distribution<int64_t>(0, count - 1)(random);
}

BlockSwap draw_swap(const MatrixView& matrix, std::mt19937_64& random) {
  const int64_t blocks = matrix.k / kScaleBlock;
  BlockSwap swap{.row = draw(matrix.l * matrix.rows, random), .first = draw(blocks, random)};
  const int64_t begin = swap.first / kNeighbours * kNeighbours;
  const int64_t neighbours = std::min(kNeighbours, blocks - begin);
  swap.second = neighbours == 1
                    ? swap.first
                    : begin + (swap.first - begin + 1 + draw(neighbours - 1, random)) % neighbours;
  return swap;
}

uint8_t* writable(const std::vector<OperandArray>& arrays, const Piece& piece) {
  return const_cast<uint8_t*>(arrays[piece.array].pointer) + piece.offset;
}

/// Where a scale block of a row is.
struct BlockPlace {
  int64_t codes;
  int64_t scale;

  BlockPlace(const MatrixView& matrix, int64_t row, int64_t block)
      : codes(row * (matrix.k / 2) + block * kBlockBytes),
        scale(row / matrix.rows * nvfp4::blocked_scale_bytes(matrix.rows, matrix.k) +
              nvfp4::blocked_scale_offset(row % matrix.rows, block, matrix.k)) {}
};

}  // namespace

Change draw_change(const ProblemView& problem, std::mt19937_64& random) {
  Change change;
  for (const GroupView& group : problem.groups) {
    std::optional<GroupChange>& drawn = change.groups.emplace_back();
    if (group.m() == 0) continue;
    drawn.emplace();
    drawn->a = draw_swap(group.a, random);
    drawn->b1 = draw_swap(group.b1, random);
    if (problem.op != Op::gemm) drawn->b2 = draw_swap(group.b2, random);
  }
  return change;
}

void copy_pieces(std::span<const Piece> pieces, ProblemView from, ProblemView to) {
  const std::vector<OperandArray> sources = operand_arrays(from);
  const std::vector<OperandArray> targets = operand_arrays(to);
  for (const Piece& piece : pieces)
    std::memcpy(writable(targets, piece), sources[piece.array].pointer + piece.offset,
                static_cast<std::size_t>(piece.bytes));
}

ChangedOperands::ChangedOperands(const ProblemView& problem, const Change& change) : problem_(problem) {
  const std::size_t arrays_a_group = problem.op == Op::gemm ? 4 : 6;
  for (std::size_t g = 0; g < change.groups.size(); ++g) {
    if (change.groups[g]) add_swap(problem.groups[g].a, arrays_a_group * g, change.groups[g]->a);
  }
  of_tokens_ = pieces_.size();
  for (std::size_t g = 0; g < change.groups.size(); ++g) {
    if (!change.groups[g]) continue;
    const GroupView& group = problem.groups[g];
    add_swap(group.b1, arrays_a_group * g + 2, change.groups[g]->b1);
    if (problem.op != Op::gemm) add_swap(group.b2, arrays_a_group * g + 4, change.groups[g]->b2);
  }
}

/// `array` is that of the codes; the scales' comes next.
void ChangedOperands::add_swap(const MatrixView& matrix, std::size_t array, const BlockSwap& swap) {
  const BlockPlace first(matrix, swap.row, swap.first);
  const BlockPlace second(matrix, swap.row, swap.second);
  auto* const codes = const_cast<uint8_t*>(matrix.codes);
  auto* const scales = const_cast<uint8_t*>(matrix.scales);
  const auto keep = [&](std::size_t in, uint8_t* bytes, int64_t offset, int64_t count) {
    pieces_.push_back({in, offset, count});
    kept_.insert(kept_.end(), bytes + offset, bytes + offset + count);
  };
  for (const BlockPlace& block : {first, second}) {
    keep(array, codes, block.codes, kBlockBytes);
    keep(array + 1, scales, block.scale / 4 * 4, 4);
  }
  std::swap_ranges(codes + first.codes, codes + first.codes + kBlockBytes, codes + second.codes);
  std::swap(scales[first.scale], scales[second.scale]);
  for (int64_t i = 0; i < kBlockBytes; ++i) codes[first.codes + i] ^= kSigns;
}

ChangedOperands::~ChangedOperands() {
  const std::vector<OperandArray> arrays = operand_arrays(problem_);
  const uint8_t* kept = kept_.data();
  for (const Piece& piece : pieces_) {
    std::memcpy(writable(arrays, piece), kept, static_cast<std::size_t>(piece.bytes));
    kept += piece.bytes;
  }
}

}  // namespace nvfp4bench::data
