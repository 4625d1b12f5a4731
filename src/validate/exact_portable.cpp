#include <cstdint>

#include "nvfp4/e2m1.hpp"
#include "validate/exact_kernels.hpp"

namespace nvfp4bench::validate {
namespace {

void unpack_panel(const std::array<const uint8_t*, kPanelColumns>& columns, int64_t blocks,
                  ColumnPanel& panel) {
  unpack_panel_blocks(columns, 0, blocks, panel);
}

template <int kRows>
void any_scale(const TileView& tile, const ColumnPanel& panel, int64_t blocks, int64_t* acc) {
  for (int row = 0; row < kRows; ++row) {
    int64_t sums[kPanelColumns] = {};
    for (int64_t block = 0; block < blocks; ++block) {
      const uint8_t* a = tile.codes + (block * kTileRows + row) * kScaleBlock;
      int32_t dots[kPanelColumns] = {};
      for (int step = 0; step < kSteps; ++step) {
        for (int column = 0; column < kPanelColumns; ++column) {
          for (int i = 0; i < kStepValues; ++i) {
            dots[column] += (a[step * kStepValues + i] - kOffset) * panel.codes[block][step][column][i];
          }
        }
      }
      const int64_t row_scale = tile.scales[block * kTileRows + row];
      for (int column = 0; column < kPanelColumns; ++column) {
        sums[column] += dots[column] * panel.scales[block][column] * row_scale;
      }
    }
    for (int column = 0; column < kPanelColumns; ++column) {
      acc[row * kPanelColumns + column] +=
          sums[column] * (int64_t{1} << (tile.shifts[row] + panel.shifts[column]));
    }
  }
}

constexpr std::array<TileKernel, kTileRows> kAnyScale{any_scale<1>, any_scale<2>, any_scale<3>,
                                                      any_scale<4>, any_scale<5>, any_scale<6>};

}  // namespace

void unpack_panel_blocks(const std::array<const uint8_t*, kPanelColumns>& columns, int64_t first,
                         int64_t last, ColumnPanel& panel) {
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

const ExactKernels kPortableKernels{unpack_panel, kAnyScale, kAnyScale};

}  // namespace nvfp4bench::validate
