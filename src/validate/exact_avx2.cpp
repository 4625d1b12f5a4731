// The inner loops for AVX2: 16-bit dot products of blocks by vpmaddubsw, 11 vector instructions for each 8
// columns x 16 k where a chunk's sums fit 32 bits, 15 where they need 64.
#include "validate/exact_kernels.hpp"

#if defined(__x86_64__)
#include <cstring>
#include <immintrin.h>

#include "nvfp4/e2m1.hpp"
#include "validate/exact_panel.hpp"

// Compiled for AVX2 whatever the rest is compiled for; called only where the CPU has it.
#define TARGET_AVX2 [[gnu::target("avx2")]]

namespace nvfp4bench::validate {
namespace {

constexpr int kVectorColumns = 8;  // of 32 bits
constexpr int kVectors = kPanelColumns / kVectorColumns;

template <typename T>
TARGET_AVX2 inline __m256i load(const T* p) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(p));
}

template <typename T>
TARGET_AVX2 inline void store(T* p, __m256i x) {
  _mm256_store_si256(reinterpret_cast<__m256i*>(p), x);
}

TARGET_AVX2 inline __m256i load_unaligned(const uint8_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

/// Keeps the compiler from computing all products of a block before it adds the first: GCC 12 does so, and
/// spills them.
TARGET_AVX2 inline void pin(__m256i& x) { asm volatile("" : "+x"(x)); }

/// The dot products of one block, two 16-bit halves for each column, without the offset: at most 1152 each.
/// (On the way, with the offset of a, at most 8 * 28 * 12 = 2688 in a lane and 672 in a vpmaddubsw.)
template <int kRows>
TARGET_AVX2 [[gnu::always_inline]] inline void block_dots(const TileView& tile, const ColumnPanel& panel,
                                                          int64_t block, __m256i (&dots)[kRows][kVectors]) {
  const __m256i bias[kVectors] = {load(panel.bias[block][0]), load(panel.bias[block][kVectorColumns])};
  for (int row = 0; row < kRows; ++row) {
    dots[row][0] = bias[0];
    dots[row][1] = bias[1];
  }
  for (int step = 0; step < kSteps; ++step) {
    const __m256i b0 = load(panel.codes[block][step][0]);
    const __m256i b1 = load(panel.codes[block][step][kVectorColumns]);
    for (int row = 0; row < kRows; ++row) {
      int32_t four;
      std::memcpy(&four, tile.codes + (block * kTileRows + row) * kScaleBlock + step * kStepValues, 4);
      const __m256i a = _mm256_set1_epi32(four);
      dots[row][0] = _mm256_add_epi16(dots[row][0], _mm256_maddubs_epi16(a, b0));
      pin(dots[row][0]);
      dots[row][1] = _mm256_add_epi16(dots[row][1], _mm256_maddubs_epi16(a, b1));
      pin(dots[row][1]);
    }
  }
}

/// acc[0..3] += sums << shift
TARGET_AVX2 inline void add_shifted(int64_t* acc, __m256i sums, __m256i shift) {
  auto* four = reinterpret_cast<__m256i*>(acc);
  _mm256_storeu_si256(four, _mm256_add_epi64(_mm256_loadu_si256(four), _mm256_sllv_epi64(sums, shift)));
}

/// Sums of a chunk modulo 2^32. vpmaddwd joins the halves of a dot product and applies the column's scale,
/// vpmulld the row's, either of them modulo 2^32 as well.
template <int kRows>
TARGET_AVX2 void int32_sums(const TileView& tile, const ColumnPanel& panel, int64_t blocks, int64_t* acc) {
  alignas(32) int32_t sums[kRows][kPanelColumns] = {};
  for (int64_t block = 0; block < blocks; ++block) {
    __m256i dots[kRows][kVectors];
    block_dots<kRows>(tile, panel, block, dots);
    for (int row = 0; row < kRows; ++row) {
      const __m256i row_scale = _mm256_set1_epi32(tile.scales[block * kTileRows + row]);
      for (int v = 0; v < kVectors; ++v) {
        const __m256i column_scales = load(panel.scale_pairs[block] + v * kVectorColumns);
        const __m256i products =
            _mm256_mullo_epi32(_mm256_madd_epi16(dots[row][v], column_scales), row_scale);
        int32_t* sum = sums[row] + v * kVectorColumns;
        store(sum, _mm256_add_epi32(load(sum), products));
      }
    }
  }
  for (int row = 0; row < kRows; ++row) {
    for (int column = 0; column < kPanelColumns; column += 4) {
      const __m256i shift =
          _mm256_add_epi64(load(panel.shifts + column), _mm256_set1_epi64x(tile.shifts[row]));
      const __m128i four = _mm_load_si128(reinterpret_cast<const __m128i*>(sums[row] + column));
      add_shifted(acc + row * kPanelColumns + column, _mm256_cvtepi32_epi64(four), shift);
    }
  }
}

/// Sums in 64 bits. A dot product times a column's scale is at most 2304 * 229376 < 2^29; vpmuldq multiplies
/// the even columns of such a vector by the row's scale to 64 bits, and after a shift the odd ones.
template <int kRows>
TARGET_AVX2 void any_scale(const TileView& tile, const ColumnPanel& panel, int64_t blocks, int64_t* acc) {
  struct Sums {
    __m256i even, odd;
  };
  Sums sums[kRows][kVectors] = {};
  const __m256i ones = _mm256_set1_epi16(1);
  for (int64_t block = 0; block < blocks; ++block) {
    __m256i dots[kRows][kVectors];
    block_dots<kRows>(tile, panel, block, dots);
    for (int row = 0; row < kRows; ++row) {
      const __m256i row_scale = _mm256_set1_epi32(tile.scales[block * kTileRows + row]);
      for (int v = 0; v < kVectors; ++v) {
        const __m256i column_scales = load(panel.scales[block] + v * kVectorColumns);
        const __m256i even = _mm256_mullo_epi32(_mm256_madd_epi16(dots[row][v], ones), column_scales);
        const __m256i odd = _mm256_srli_epi64(even, 32);
        Sums& sum = sums[row][v];
        sum.even = _mm256_add_epi64(sum.even, _mm256_mul_epi32(even, row_scale));
        sum.odd = _mm256_add_epi64(sum.odd, _mm256_mul_epi32(odd, row_scale));
      }
    }
  }
  for (int row = 0; row < kRows; ++row) {
    for (int v = 0; v < kVectors; ++v) {
      // even: columns 0 2 4 6, odd: 1 3 5 7, to 0 1 2 3 and 4 5 6 7.
      const __m256i c0145 = _mm256_unpacklo_epi64(sums[row][v].even, sums[row][v].odd);
      const __m256i c2367 = _mm256_unpackhi_epi64(sums[row][v].even, sums[row][v].odd);
      const __m256i row_shift = _mm256_set1_epi64x(tile.shifts[row]);
      const int64_t* shifts = panel.shifts + v * kVectorColumns;
      int64_t* out = acc + row * kPanelColumns + v * kVectorColumns;
      add_shifted(out, _mm256_permute2x128_si256(c0145, c2367, 0x20),
                  _mm256_add_epi64(load(shifts), row_shift));
      add_shifted(out + 4, _mm256_permute2x128_si256(c0145, c2367, 0x31),
                  _mm256_add_epi64(load(shifts + 4), row_shift));
    }
  }
}

/// Transposes 8 x 8 words: word j of row i to word i of row j.
TARGET_AVX2 inline void transpose(__m256i (&rows)[8]) {
  __m256i pairs[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm256_unpacklo_epi32(rows[i], rows[i + 1]);      // words 0 1 (4 5) of rows i, i + 1
    pairs[i + 1] = _mm256_unpackhi_epi32(rows[i], rows[i + 1]);  // words 2 3 (6 7)
  }
  __m256i quads[8];
  for (int half = 0; half < 2; ++half) {
    for (int i = 0; i < 2; ++i) {  // word 2 i, 2 i + 1 (and + 4) of rows 4 half .. 4 half + 3
      quads[4 * half + 2 * i] = _mm256_unpacklo_epi64(pairs[4 * half + i], pairs[4 * half + i + 2]);
      quads[4 * half + 2 * i + 1] = _mm256_unpackhi_epi64(pairs[4 * half + i], pairs[4 * half + i + 2]);
    }
  }
  for (int word = 0; word < 4; ++word) {
    rows[word] = _mm256_permute2x128_si256(quads[word], quads[4 + word], 0x20);
    rows[4 + word] = _mm256_permute2x128_si256(quads[word], quads[4 + word], 0x31);
  }
}

TARGET_AVX2 inline __m256i twice_values(__m256i nibbles) {
  alignas(16) static constexpr auto kTable = [] {
    std::array<int8_t, 16> table{};
    for (unsigned code = 0; code < 16; ++code) table[code] = static_cast<int8_t>(nvfp4::e2m1_to_twice(code));
    return table;
  }();
  const __m128i table = _mm_load_si128(reinterpret_cast<const __m128i*>(kTable.data()));
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), nibbles);
}

/// Four blocks, 32 bytes, of each of 8 columns at a time: transposed, a vector holds one 4-byte word of each
/// column, whose low and high nibbles are two steps.
TARGET_AVX2 void pack_panel(const ColumnPointers& columns, const ScaleWords& scale_words, int64_t blocks,
                            ColumnPanel& panel) {
  constexpr int kBlocksAtOnce = 4;
  const __m256i nibble_mask = _mm256_set1_epi8(0xF);
  const int64_t whole = blocks / kBlocksAtOnce * kBlocksAtOnce;
  for (int64_t first = 0; first < whole; first += kBlocksAtOnce) {
    for (int column = 0; column < kPanelColumns; column += kVectorColumns) {
      __m256i words[8];
      for (int i = 0; i < 8; ++i) {
        words[i] = load_unaligned(columns[column + i] + first * (kScaleBlock / 2));
      }
      transpose(words);
      for (int i = 0; i < kBlocksAtOnce; ++i) {
        const int64_t block = first + i;
        __m256i lane_sums = _mm256_setzero_si256();
        __m256i squares = _mm256_setzero_si256();  // at most 8 * 144 in a 16-bit lane
        for (int step = 0; step < kSteps; ++step) {
          const __m256i word = words[2 * i + step / 2];
          const __m256i nibbles =
              _mm256_and_si256(step % 2 == 0 ? word : _mm256_srli_epi16(word, 4), nibble_mask);
          const __m256i values = twice_values(nibbles);
          const __m256i magnitudes = _mm256_abs_epi8(values);
          store(panel.codes[block][step][column], values);
          lane_sums = _mm256_add_epi16(lane_sums, _mm256_maddubs_epi16(_mm256_set1_epi8(kOffset), values));
          squares = _mm256_add_epi16(squares, _mm256_maddubs_epi16(magnitudes, magnitudes));
        }
        store(panel.bias[block][column], _mm256_sub_epi16(_mm256_setzero_si256(), lane_sums));
        store(panel.energies[block] + column, _mm256_madd_epi16(squares, _mm256_set1_epi16(1)));
      }
    }
  }
  unpack_codes(columns, whole, blocks, panel);
  unpack_scales(scale_words, blocks, panel);
}

}  // namespace

const ExactKernels kAvx2Kernels{
    pack_panel,
    {any_scale<1>, any_scale<2>, any_scale<3>, any_scale<4>, any_scale<5>, any_scale<6>},
    {int32_sums<1>, int32_sums<2>, int32_sums<3>, int32_sums<4>, int32_sums<5>, int32_sums<6>},
};

}  // namespace nvfp4bench::validate

#endif
