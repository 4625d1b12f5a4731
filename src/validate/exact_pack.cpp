#include "validate/exact_pack.hpp"

#include <algorithm>

#include "nvfp4/e2m1.hpp"
#include "nvfp4/scale_layout.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::validate {
namespace {

constexpr int64_t kBlockBytes = kScaleBlock / 2;

/// 2 a + kOffset of every nibble.
constexpr auto kOffsetValues = [] {
  std::array<uint8_t, 16> table{};
  for (unsigned code = 0; code < 16; ++code) {
    table[code] = static_cast<uint8_t>(nvfp4::e2m1_to_twice(code) + kOffset);
  }
  return table;
}();

const uint8_t* row_codes(const MatrixView& x, int64_t row, int64_t l) {
  return x.codes + (l * x.rows + row) * (x.k / 2);
}

/// Where the scales of one row begin at a block that is a multiple of 4. Those of four blocks lie beside each
/// other, and those of the next four a tile further.
const uint8_t* scale_codes(const MatrixView& x, int64_t row, int64_t l, int64_t block) {
  return x.scales + l * nvfp4::blocked_scale_bytes(x.rows, x.k) +
         nvfp4::blocked_scale_offset(row, block, x.k);
}
static_assert(kChunkBlocks % nvfp4::kScaleTileCols == 0);

/// Unpacks 16 codes in the order of exact_layout.hpp; returns the sum of the squared values.
int unpack_row_block(const uint8_t* packed, uint8_t* out) {
  int energy = 0;
  for (int i = 0; i < kBlockBytes; ++i) {
    uint8_t* low = out + i / kStepValues * 2 * kStepValues + i % kStepValues;
    uint8_t* high = low + kStepValues;
    *low = kOffsetValues[packed[i] & 0xF];
    *high = kOffsetValues[packed[i] >> 4];
    energy += (*low - kOffset) * (*low - kOffset) + (*high - kOffset) * (*high - kOffset);
  }
  return energy;
}

}  // namespace

void resize(PackedRows& packed, int64_t rows, int64_t k) {
  const auto tiles = static_cast<std::size_t>((rows + kTileRows - 1) / kTileRows);
  packed.blocks = k / kScaleBlock;
  packed.chunks = (packed.blocks + kChunkBlocks - 1) / kChunkBlocks;
  packed.codes.resize(tiles * packed.blocks * kTileRows * kScaleBlock);
  packed.scales.resize(tiles * packed.blocks * kTileRows);
  packed.shifts.resize(tiles * packed.chunks * kTileRows);
  packed.norms.resize(tiles * packed.chunks);
}

void pack_tile(const MatrixView& a, int64_t l, int64_t first, int count, int64_t tile, PackedRows& packed,
               uint8_t* nan) {
  for (int64_t chunk = 0; chunk < packed.chunks; ++chunk) {
    const int64_t first_block = chunk * kChunkBlocks;
    const int64_t blocks = std::min<int64_t>(kChunkBlocks, packed.blocks - first_block);
    uint8_t* codes = packed.codes.data() + (tile * packed.blocks + first_block) * kTileRows * kScaleBlock;
    int32_t* scales = packed.scales.data() + (tile * packed.blocks + first_block) * kTileRows;
    uint64_t largest_norm = 0;
    for (int row = 0; row < count; ++row) {
      const uint8_t* four_codes = scale_codes(a, first + row, l, first_block);
      int32_t bits = 0;
      for (int64_t block = 0; block < blocks; ++block) {
        const uint8_t code = four_codes[block / 4 * nvfp4::kScaleTileBytes + block % 4];
        const bool is_nan = code >= nvfp4::kUe4m3Nan;
        nan[row] |= is_nan;
        const int32_t units = is_nan ? 0 : nvfp4::ue4m3_to_units(code);
        scales[block * kTileRows + row] = units;
        bits |= units;
      }
      const int shift = common_shift(bits);
      packed.shifts[(tile * packed.chunks + chunk) * kTileRows + row] = shift;

      const uint8_t* packed_row = row_codes(a, first + row, l) + first_block * kBlockBytes;
      uint64_t norm = 0;  // at most 64 * 2304 * 229376^2 < 2^53
      for (int64_t block = 0; block < blocks; ++block) {
        const int64_t at = block * kTileRows + row;
        const auto energy = static_cast<uint64_t>(
            unpack_row_block(packed_row + block * kBlockBytes, codes + at * kScaleBlock));
        scales[at] >>= shift;
        norm += energy * static_cast<uint64_t>(scales[at]) * static_cast<uint64_t>(scales[at]);
      }
      largest_norm = std::max(largest_norm, norm);
    }
    packed.norms[tile * packed.chunks + chunk] = largest_norm;
  }
}

void pack_panel(const MatrixView& b, int64_t l, int64_t first, int count, int64_t first_block, int64_t blocks,
                const ExactKernels& kernels, ColumnPanel& panel, uint8_t* nan) {
  ColumnPointers columns;
  ScaleWords scale_words = {};  // columns beyond the edge keep scale 0
  for (int column = 0; column < kPanelColumns; ++column) {
    // Their codes do not matter: those of the last column again.
    const int64_t row = first + std::min(column, count - 1);
    columns[column] = row_codes(b, row, l) + first_block * kBlockBytes;
    if (column >= count) continue;
    const uint8_t* four = scale_codes(b, row, l, first_block);
    for (int64_t block = 0; block < blocks; block += 4, four += nvfp4::kScaleTileBytes) {
      scale_words[block / 4][column] =
          uint32_t{four[0]} | uint32_t{four[1]} << 8 | uint32_t{four[2]} << 16 | uint32_t{four[3]} << 24;
    }
  }
  kernels.pack_panel(columns, scale_words, blocks, panel);
  for (int column = 0; column < count; ++column) nan[column] |= static_cast<uint8_t>(panel.nan[column]);
}

}  // namespace nvfp4bench::validate
