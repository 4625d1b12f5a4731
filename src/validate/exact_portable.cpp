#include <cstdint>

#include "validate/exact_kernels.hpp"
#include "validate/exact_panel.hpp"

namespace nvfp4bench::validate {
namespace {

void pack_panel(const ColumnPointers& columns, const ScaleWords& scale_words, int64_t blocks,
                ColumnPanel& panel) {
  unpack_codes(columns, 0, blocks, panel);
  unpack_scales(scale_words, blocks, panel);
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

const ExactKernels kPortableKernels{pack_panel, kAnyScale, kAnyScale};

}  // namespace nvfp4bench::validate
