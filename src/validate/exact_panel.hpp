// Packing of a weight panel in plain loops. Every instruction set's file compiles them for itself, so that
// the compiler vectorises them for it; that is why they are always inlined.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "nvfp4/e2m1.hpp"
#include "nvfp4/ue4m3.hpp"
#include "validate/exact_kernels.hpp"

namespace nvfp4bench::validate {

/// Codes, bias and energies of blocks [first, last).
[[gnu::always_inline]] inline void unpack_codes(const ColumnPointers& columns, int64_t first, int64_t last,
                                                ColumnPanel& panel) {
  for (int64_t block = first; block < last; ++block) {
    for (int column = 0; column < kPanelColumns; ++column) {
      int lane_sums[2] = {};
      int energy = 0;
      for (int i = 0; i < kScaleBlock / 2; ++i) {
        const unsigned byte = columns[column][block * (kScaleBlock / 2) + i];
        for (int high = 0; high < 2; ++high) {
          const int value = nvfp4::e2m1_to_twice(high != 0 ? byte >> 4 : byte & 0xF);
          const int slot = i % kStepValues;
          panel.codes[block][i / kStepValues * 2 + high][column][slot] = static_cast<int8_t>(value);
          lane_sums[slot / 2] += value;
          energy += value * value;
        }
      }
      panel.bias[block][column][0] = static_cast<int16_t>(-kOffset * lane_sums[0]);
      panel.bias[block][column][1] = static_cast<int16_t>(-kOffset * lane_sums[1]);
      panel.energies[block][column] = energy;
    }
  }
}

/// ue4m3_to_units free of branches and in 32 bits, for loops that the compiler is to vectorise.
constexpr int32_t scale_units(int32_t code) {
  const int32_t normal = code > 7;
  return ((code & 7) | normal << 3) << ((code >> 3) - normal);
}
static_assert([] {
  for (int32_t code = 0; code < nvfp4::kUe4m3Nan; ++code) {
    if (scale_units(code) != nvfp4::ue4m3_to_units(static_cast<uint8_t>(code))) return false;
  }
  return true;
}());

/// Scales, shifts, NaN and norms of the first `blocks` blocks, whose energies are there already.
[[gnu::always_inline]] inline void unpack_scales(const ScaleWords& scale_words, int64_t blocks,
                                                 ColumnPanel& panel) {
  int32_t column_bits[kPanelColumns] = {};
  int32_t nan[kPanelColumns] = {};
  for (int64_t block = 0; block < blocks; ++block) {
#pragma omp simd
    for (int column = 0; column < kPanelColumns; ++column) {
      const auto code = static_cast<int32_t>(scale_words[block / 4][column] >> block % 4 * 8 & 0xFF);
      const int32_t is_nan = code >= nvfp4::kUe4m3Nan;
      const int32_t units = scale_units(code) & (is_nan - 1);
      nan[column] |= is_nan;
      panel.scales[block][column] = units;
      column_bits[column] |= units;
    }
  }
  std::copy_n(nan, kPanelColumns, panel.nan);
  int32_t shifts[kPanelColumns];
  for (int column = 0; column < kPanelColumns; ++column) {
    shifts[column] = common_shift(column_bits[column]);
    panel.shifts[column] = shifts[column];
  }

  int32_t all_bits = 0;
  uint64_t norms[kPanelColumns] = {};
  for (int64_t block = 0; block < blocks; ++block) {
#pragma omp simd
    for (int column = 0; column < kPanelColumns; ++column) {
      const int32_t scale = panel.scales[block][column] >> shifts[column];
      panel.scales[block][column] = scale;
      panel.scale_pairs[block][column] = scale | scale << 16;
      all_bits |= scale;
      // At most 2304 * 229376 < 2^29, and 64 times that times 229376 < 2^53.
      const auto energy_scale = static_cast<uint32_t>(panel.energies[block][column] * scale);
      norms[column] += uint64_t{energy_scale} * static_cast<uint32_t>(scale);
    }
  }
  panel.narrow = all_bits <= std::numeric_limits<int16_t>::max();
  panel.norm = *std::max_element(norms, norms + kPanelColumns);
}

}  // namespace nvfp4bench::validate
