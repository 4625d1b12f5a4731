#include "validate/changed_elements.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "nvfp4/scale_layout.hpp"
#include "validate/decode.hpp"

namespace nvfp4bench::validate {
namespace {

using data::BlockSwap;
using data::GroupChange;

/// A scale block of one row.
struct Block {
  std::array<int16_t, kScaleBlock> codes{};  // in units of 2^-1
  int32_t scale = 0;                         // in units of 2^-9; 0 for NaN, whose sums mean nothing

  Block() = default;
  /// `row` is of [l][rows].
  Block(const MatrixView& matrix, int64_t row, int64_t block) {
    const uint8_t* const packed = matrix.codes + row * (matrix.k / 2) + block * (kScaleBlock / 2);
    unpack_codes(packed, kScaleBlock / 2, codes.data());
    const int64_t l = row / matrix.rows;
    const uint8_t code = matrix.scales[l * nvfp4::blocked_scale_bytes(matrix.rows, matrix.k) +
                                       nvfp4::blocked_scale_offset(row % matrix.rows, block, matrix.k)];
    scale = scale_units(code);
  }

  Block operator-() const {
    Block negated = *this;
    for (int16_t& code : negated.codes) code = static_cast<int16_t>(-code);
    return negated;
  }
};

/// In units of 2^-20.
int64_t product(const Block& a, const Block& b) {
  int sum = 0;
  for (int64_t i = 0; i < kScaleBlock; ++i) sum += a.codes[i] * b.codes[i];
  return sum * (int64_t{a.scale} * b.scale);
}

/// What a swap makes of one row.
struct ChangedRow {
  struct Changed {
    int64_t block = 0;
    Block before;
    Block after;
  };

  BlockSwap swap;
  std::array<Changed, 2> changed;
  std::size_t count = 0;  // of changed blocks

  ChangedRow(const MatrixView& matrix, const BlockSwap& its_swap) : swap(its_swap) {
    const Block first(matrix, swap.row, swap.first);
    const Block second(matrix, swap.row, swap.second);
    changed[count++] = {swap.first, first, -second};
    if (swap.second != swap.first) changed[count++] = {swap.second, second, first};
  }

  /// The blocks of this row at `block` before and after, if it is one that changes.
  const Changed* at(int64_t block) const {
    const auto end = changed.begin() + static_cast<std::ptrdiff_t>(count);
    const auto found =
        std::find_if(changed.begin(), end, [&](const Changed& one) { return one.block == block; });
    return found == end ? nullptr : &*found;
  }
};

/// By how much the sum of a row of a and one of b grows; `a` and `b` are null where theirs is not the row that
/// changes.
int64_t growth(const MatrixView& a_matrix, int64_t a_row, const ChangedRow* a, const MatrixView& b_matrix,
               int64_t b_row, const ChangedRow* b) {
  int64_t sum = 0;
  if (a) {
    for (const ChangedRow::Changed& one : std::span(a->changed).first(a->count)) {
      const ChangedRow::Changed* const other = b ? b->at(one.block) : nullptr;
      const Block before = other ? other->before : Block(b_matrix, b_row, one.block);
      sum += product(one.after, other ? other->after : before) - product(one.before, before);
    }
  }
  if (b) {
    for (const ChangedRow::Changed& one : std::span(b->changed).first(b->count)) {
      if (a && a->at(one.block)) continue;  // counted above
      const Block same(a_matrix, a_row, one.block);
      sum += product(same, one.after) - product(same, one.before);
    }
  }
  return sum;
}

/// What a change makes of one group.
struct ChangedGroup {
  const GroupView& group;
  ChangedRow a;
  ChangedRow b1;
  std::optional<ChangedRow> b2;

  ChangedGroup(const GroupView& its_group, const GroupChange& change, Op op)
      : group(its_group), a(group.a, change.a), b1(group.b1, change.b1) {
    if (op != Op::gemm) b2.emplace(group.b2, change.b2);
  }

  void add_growth(ExactElement& element) const {
    const int64_t row = element.place.row;
    const int64_t b_row = row / group.m() * group.n() + element.place.n;
    const auto of = [&](const MatrixView& b_matrix, const ChangedRow& b) {
      return growth(group.a, row, a.swap.row == row ? &a : nullptr, b_matrix, b_row,
                    b.swap.row == b_row ? &b : nullptr);
    };
    element.sum1 += of(group.b1, b1);
    if (b2) element.sum2 += of(group.b2, *b2);
  }
};

}  // namespace

std::vector<Place> touched_places(const ProblemView& problem, const data::Change& change) {
  std::vector<Place> places;
  for (std::size_t g = 0; g < change.groups.size(); ++g) {
    if (!change.groups[g]) continue;
    const GroupView& group = problem.groups[g];
    std::vector<int64_t> columns{change.groups[g]->b1.row};  // of [l][n]
    if (problem.op != Op::gemm) columns.push_back(change.groups[g]->b2.row);
    std::sort(columns.begin(), columns.end());
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    places.reserve(places.size() + static_cast<std::size_t>(group.n() + 2 * group.m()));
    for (int64_t row = 0; row < group.l() * group.m(); ++row) {
      const auto add = [&](int64_t n) { places.push_back({static_cast<int64_t>(g), row, n}); };
      if (row == change.groups[g]->a.row) {
        for (int64_t n = 0; n < group.n(); ++n) add(n);
        continue;
      }
      for (const int64_t column : columns) {
        if (column / group.n() == row / group.m()) add(column % group.n());
      }
    }
  }
  return places;
}

std::vector<ExactElement> changed_elements(const ProblemView& problem, const Reference& reference,
                                           const data::Change& change, std::span<const Place> places,
                                           int threads) {
  std::vector<std::optional<ChangedGroup>> groups(change.groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (change.groups[g]) groups[g].emplace(problem.groups[g], *change.groups[g], problem.op);
  }
  std::vector<ExactElement> elements(places.size());
#pragma omp parallel for num_threads(threads) schedule(static)
  for (std::size_t i = 0; i < places.size(); ++i) {
    elements[i] = exact_element(problem, reference, places[i]);
    groups[places[i].group]->add_growth(elements[i]);
  }
  return elements;
}

}  // namespace nvfp4bench::validate
