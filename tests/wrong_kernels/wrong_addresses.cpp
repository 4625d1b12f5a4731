// The right arithmetic with the wrong operands, or at the wrong place.
#include <algorithm>

#include "wrong_kernels/direct.hpp"

namespace nvfp4bench::wrong_kernels {
namespace {

constexpr Expectation kAddresses{"adversarial", "addresses"};
constexpr Expectation kPadded{"adversarial", "padded_nan"};
/// Four groups of one size.
constexpr Expectation kEqualGroups{"adversarial", "odd_alphas"};
constexpr std::string_view kNeverWritten = "never written";
constexpr Expectation kUnwritten{"adversarial", "addresses", Status::failed, kNeverWritten};

constexpr int64_t kTile = 128;

/// Right, but that row `r` of b1 and b2 becomes `changed(r)`.
template <int64_t (*changed)(int64_t n, int64_t rows)>
RowAt b_row(const Element& e, Operand operand, RowAt right) {
  if (operand != Operand::a) right.row = changed(right.row, e.view().n());
  return right;
}

int64_t next_within(int64_t n, int64_t rows) { return (n ^ 1) < rows ? n ^ 1 : n; }
int64_t modulo_128(int64_t n, int64_t) { return n % kTile; }

int64_t scale_offset(int64_t tile, int64_t row, int64_t block) {
  return tile * nvfp4::kScaleTileBytes + row % 32 * 16 + row % kTile / 32 * 4 + block % 4;
}

bool is_zero_row(const Element& e) {
  const GroupView& group = e.view();
  const uint8_t* const codes = group.a.codes + (e.l * group.m() + e.m) * group.k() / 2;
  return std::all_of(codes, codes + group.k() / 2, [](uint8_t byte) { return (byte & 0x77) == 0; });
}

const DirectVariant kVariants[] = {
    // Rows and columns.
    direct("wrong/last_row_lost", "the last row of every group is never written", kUnwritten,
           {.writes = [](const Element& e) { return e.m + 1 < e.view().m(); }}),
    direct("wrong/row_tail_lost", "rows of a partial tile are never written", kUnwritten,
           {.writes = [](const Element& e) { return e.m < e.view().m() / kTile * kTile; }}),
    direct("wrong/last_column_lost", "the last column of every group is never written", kUnwritten,
           {.writes = [](const Element& e) { return e.n + 1 < e.view().n(); }}),
    direct("wrong/column_tail_lost", "columns of a partial tile are never written", kUnwritten,
           {.writes = [](const Element& e) { return e.n < e.view().n() / kTile * kTile; }}),
    direct("wrong/last_group_lost", "the last group is never written", kUnwritten,
           {.writes = [](const Element& e) { return e.group + 1 < std::ssize(e.problem.groups); }}),
    direct("wrong/stops_at_empty_group", "groups after an empty one are never written", kUnwritten,
           {.writes = [](const Element& e) { return e.group < 1; }}),
    direct("wrong/last_batch_lost", "the last l is never written", kUnwritten,
           {.writes = [](const Element& e) { return e.l == 0 || e.l + 1 < e.view().l(); }}),
    direct("wrong/zero_rows_unwritten", "rows of a that are zero are skipped and never written",
           {"adversarial", "zero_rows", Status::failed, kNeverWritten},
           {.writes = [](const Element& e) { return !is_zero_row(e); }}),
    direct("wrong/one_row", "one row has the a of its neighbour", kAddresses,
           {.row =
                [](const Element& e, Operand operand, RowAt right) {
                  if (operand == Operand::a && e.group == 0 && e.l == 1 && e.m == 149) --right.row;
                  return right;
                }}),
    direct("wrong/one_element", "one element has the a of its neighbour", kAddresses,
           {.row =
                [](const Element& e, Operand operand, RowAt right) {
                  if (operand == Operand::a && e.group == 3 && e.m == 64 && e.n == 64) ++right.row;
                  return right;
                }}),
    direct("wrong/columns_permuted", "neighbouring columns swapped", kAddresses, {.row = b_row<next_within>}),
    direct("wrong/columns_repeated", "every tile of columns is the first", kAddresses,
           {.row = b_row<modulo_128>}),
    direct("wrong/rows_repeated", "every tile of rows is the first", kAddresses,
           {.row =
                [](const Element&, Operand operand, RowAt right) {
                  if (operand == Operand::a) right.row %= kTile;
                  return right;
                }}),
    // Groups, batches, weights.
    direct("wrong/batch_ignored", "operands of l = 0 for every l", kAddresses,
           {.row =
                [](const Element&, Operand, RowAt right) {
                  right.l = 0;
                  return right;
                }}),
    direct("wrong/batch_of_a_ignored", "a of l = 0 for every l", kAddresses,
           {.row =
                [](const Element&, Operand operand, RowAt right) {
                  if (operand == Operand::a) right.l = 0;
                  return right;
                }}),
    direct("wrong/neighbours_weights", "weights of the group before", kEqualGroups,
           {.row =
                [](const Element&, Operand operand, RowAt right) {
                  if (operand != Operand::a && right.group > 0) --right.group;
                  return right;
                }}),
    direct("wrong/last_groups_a", "the last group has the a of the first", kEqualGroups,
           {.row =
                [](const Element& e, Operand operand, RowAt right) {
                  if (operand == Operand::a && e.group + 1 == std::ssize(e.problem.groups)) right.group = 0;
                  return right;
                }}),
    // Along K.
    direct(
        "wrong/last_block_lost", "the last 16 k are left out", kAddresses,
        {.times = [](const Element&, int64_t block, int64_t blocks) { return block + 1 < blocks ? 1 : 0; }}),
    direct("wrong/k_tail_lost", "k beyond a multiple of 256 is left out", kAddresses,
           {.times = [](const Element&, int64_t block,
                        int64_t blocks) { return block < blocks / 16 * 16 ? 1 : 0; }}),
    direct("wrong/first_block_twice", "the first 16 k count twice", kAddresses,
           {.times = [](const Element&, int64_t block, int64_t) { return block == 0 ? 2 : 1; }}),
    direct("wrong/one_block_lost", "16 k in the middle of one group are left out", kAddresses,
           {.times = [](const Element& e, int64_t block,
                        int64_t) { return e.group == 4 && block == 31 ? 0 : 1; }}),
    direct("wrong/long_k_cut", "k beyond 8192 is left out", {"adversarial", "long_sums"},
           {.times = [](const Element&, int64_t block, int64_t) { return block < 512 ? 1 : 0; }}),
    // Scales.
    direct("wrong/scales_of_first_tile", "rows from 128 on have the scales of the first tile", kAddresses,
           {.scale_offset = [](const MatrixView& x, int64_t row, int64_t block,
                               Operand) { return nvfp4::blocked_scale_offset(row % kTile, block, x.k); }}),
    direct("wrong/scale_stride", "the tiles of a row counted without the last partial one", kAddresses,
           {.scale_offset =
                [](const MatrixView& x, int64_t row, int64_t block, Operand) {
                  return scale_offset(row / kTile * (x.k / 64) + block / 4, row, block);
                }}),
    direct("wrong/scale_tiles_by_column", "tiles of scales in column-major order", kAddresses,
           {.scale_offset =
                [](const MatrixView& x, int64_t row, int64_t block, Operand) {
                  return scale_offset(block / 4 * ((x.rows + kTile - 1) / kTile) + row / kTile, row, block);
                }}),
    direct("wrong/scale_tile_transposed", "blocks and quarters of a tile swapped", kAddresses,
           {.scale_offset =
                [](const MatrixView& x, int64_t row, int64_t block, Operand) {
                  return nvfp4::blocked_scale_offset(row, block, x.k) / 16 * 16 + block % 4 * 4 +
                         row % kTile / 32;
                }}),
    direct("wrong/scale_tile_linear", "the rows of a tile of b in order", kAddresses,
           {.scale_offset =
                [](const MatrixView& x, int64_t row, int64_t block, Operand operand) {
                  const int64_t right = nvfp4::blocked_scale_offset(row, block, x.k);
                  const int64_t tile = right / nvfp4::kScaleTileBytes * nvfp4::kScaleTileBytes;
                  return operand == Operand::a ? right : tile + row % kTile * 4 + block % 4;
                }}),
    direct("wrong/scale_of_next_row", "scales of the neighbouring row of b2", kAddresses,
           {.scale_offset =
                [](const MatrixView& x, int64_t row, int64_t block, Operand operand) {
                  return nvfp4::blocked_scale_offset(operand == Operand::b2 ? next_within(row, x.rows) : row,
                                                     block, x.k);
                }}),
    direct("wrong/scale_of_next_block", "scales of the block before", kAddresses,
           {.scale_offset =
                [](const MatrixView& x, int64_t row, int64_t block, Operand) {
                  return nvfp4::blocked_scale_offset(row, std::max<int64_t>(block - 1, 0), x.k);
                }}),
    direct("wrong/padding_scales_added", "scales of padding rows added to every sum", kPadded,
           {.keep =
                [](const Element& e, Operand, double sum) {
                  const MatrixView& a = e.view().a;
                  const int64_t end = (a.rows + kTile - 1) / kTile * kTile;
                  for (int64_t row = a.rows; row < end; ++row)
                    sum += nvfp4::ue4m3_to_float(a.scales[nvfp4::blocked_scale_offset(row, 0, a.k)]);
                  return sum;
                }}),
    direct("wrong/random_padding_added", "the same, which finite scales show as well",
           {"adversarial", "padded_random"},
           {.keep =
                [](const Element& e, Operand b, double sum) {
                  const MatrixView& x = b == Operand::b1 ? e.view().b1 : e.view().b2;
                  const int64_t end = (x.rows + kTile - 1) / kTile * kTile;
                  for (int64_t row = x.rows; row < end; ++row)
                    sum += nvfp4::ue4m3_to_float(x.scales[nvfp4::blocked_scale_offset(row, 0, x.k)]);
                  return sum;
                }}),
};

}  // namespace

std::span<const DirectVariant> wrong_addresses() { return kVariants; }

}  // namespace nvfp4bench::wrong_kernels
