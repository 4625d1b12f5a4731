#include "validate/exact_pack.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "nvfp4/e2m1.hpp"
#include "nvfp4/scale_layout.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::validate {
namespace {

constexpr int64_t kBlockBytes = kScaleBlock / 2;

/// Units of 2^-9 of every byte, 0 for NaN and for what is no scale factor.
constexpr auto kScaleUnits = [] {
  std::array<int32_t, 256> table{};
  for (unsigned code = 0; code < nvfp4::kUe4m3Nan; ++code) {
    table[code] = nvfp4::ue4m3_to_units(static_cast<uint8_t>(code));
  }
  return table;
}();

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

/// Decodes the scales of one row, blocks [first, first + count), into out[i * stride]. Returns the exponent
/// of the largest power of two that divides all of them, after dividing by it. `first` is a multiple of 4.
int unpack_scales(const MatrixView& x, int64_t row, int64_t l, int64_t first, int64_t count, int32_t* out,
                  int64_t stride, uint8_t& nan) {
  const uint8_t* scales = x.scales + l * nvfp4::blocked_scale_bytes(x.rows, x.k);
  uint32_t bits = 0;
  for (int64_t i = 0; i < count; i += nvfp4::kScaleTileCols) {
    // The scales of four blocks lie beside each other.
    const uint8_t* four = scales + nvfp4::blocked_scale_offset(row, first + i, x.k);
    for (int64_t j = 0; j < std::min(nvfp4::kScaleTileCols, count - i); ++j) {
      const int32_t units = kScaleUnits[four[j]];
      nan |= static_cast<uint8_t>(four[j] >= nvfp4::kUe4m3Nan);
      bits |= static_cast<uint32_t>(units);
      out[(i + j) * stride] = units;
    }
  }
  if (bits == 0) return 0;
  const int shift = std::countr_zero(bits);
  for (int64_t i = 0; i < count; ++i) out[i * stride] >>= shift;
  return shift;
}

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
      packed.shifts[(tile * packed.chunks + chunk) * kTileRows + row] =
          unpack_scales(a, first + row, l, first_block, blocks, scales + row, kTileRows, nan[row]);
      const uint8_t* packed_row = row_codes(a, first + row, l) + first_block * kBlockBytes;
      // At most 64 blocks of 2304 * 229376^2: below 2^53.
      uint64_t norm = 0;
      for (int64_t block = 0; block < blocks; ++block) {
        const auto energy = static_cast<uint64_t>(unpack_row_block(
            packed_row + block * kBlockBytes, codes + (block * kTileRows + row) * kScaleBlock));
        const auto scale = static_cast<uint64_t>(scales[block * kTileRows + row]);
        norm += energy * scale * scale;
      }
      largest_norm = std::max(largest_norm, norm);
    }
    packed.norms[tile * packed.chunks + chunk] = largest_norm;
  }
}

void pack_panel(const MatrixView& b, int64_t l, int64_t first, int count, int64_t first_block, int64_t blocks,
                const ExactKernels& kernels, ColumnPanel& panel, uint8_t* nan) {
  std::array<const uint8_t*, kPanelColumns> columns;
  for (int column = 0; column < kPanelColumns; ++column) {
    // Beyond the edge, the last column again, with scale 0.
    columns[column] = row_codes(b, first + std::min(column, count - 1), l) + first_block * kBlockBytes;
  }
  kernels.unpack_panel(columns, blocks, panel);

  for (int column = 0; column < kPanelColumns; ++column) {
    if (column < count) {
      panel.shifts[column] = unpack_scales(b, first + column, l, first_block, blocks,
                                           &panel.scales[0][column], kPanelColumns, nan[column]);
    } else {
      for (int64_t block = 0; block < blocks; ++block) panel.scales[block][column] = 0;
      panel.shifts[column] = 0;
    }
  }

  uint32_t scale_bits = 0;
  std::array<uint64_t, kPanelColumns> norms{};
  for (int64_t block = 0; block < blocks; ++block) {
    for (int column = 0; column < kPanelColumns; ++column) {
      const auto scale = static_cast<uint32_t>(panel.scales[block][column]);
      scale_bits |= scale;
      norms[column] += static_cast<uint64_t>(panel.energies[block][column]) * scale * scale;
      panel.narrow_scales[block][column][0] = static_cast<int16_t>(scale);
      panel.narrow_scales[block][column][1] = static_cast<int16_t>(scale);
    }
  }
  panel.narrow = scale_bits <= static_cast<uint32_t>(std::numeric_limits<int16_t>::max());
  panel.norm = *std::max_element(norms.begin(), norms.end());
}

}  // namespace nvfp4bench::validate
