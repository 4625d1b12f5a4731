// Unpacking of E2M1 codes to bytes and of UE4M3 scales to fp32, shared by the x86 engines; each includes a
// copy of its own.
//
// E2M1 doubled is one of +-{0,1,2,3,4,6,8,12}. The instructions that multiply bytes want one operand
// unsigned: weights are stored as 2 * E2M1 + 16 (4..28), activations signed. So a dot of 16 comes out larger
// than the true one by 16 times the sum of the activations, which each engine takes off exactly.
//
// Both operands hold a block as four quarters of four k, in an order that needs no shuffles to unpack: even k
// of the first eight, odd k of the first eight, then likewise of the last eight.
#pragma once

#include <cstdint>
#include <cstring>
#include <immintrin.h>

#include "kernels/cpu/engine.hpp"
#include "model/problem.hpp"
#include "nvfp4/scale_layout.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::kernels::cpu {
namespace {

constexpr int kWeightOffset = 16;

/// Byte i of each half: twice the E2M1 value of code i, plus `offset`.
inline __m128i twice_e2m1_table(char offset) {
  const __m128i twice = _mm_setr_epi8(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);
  return _mm_add_epi8(twice, _mm_set1_epi8(offset));
}

/// The 16 values of a block as signed bytes, in the order of k that weights have; returns their sum.
inline int32_t unpack_activation_codes(const uint8_t* codes, int8_t* out) {
  const __m128i packed = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(codes));
  const __m128i low = _mm_set1_epi8(0x0F);
  const __m128i nibbles =
      _mm_unpacklo_epi32(_mm_and_si128(packed, low), _mm_and_si128(_mm_srli_epi16(packed, 4), low));
  const __m128i values = _mm_shuffle_epi8(twice_e2m1_table(0), nibbles);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), values);
  const __m128i pairs = _mm_maddubs_epi16(_mm_set1_epi8(1), values);
  const __m128i sums = _mm_madd_epi16(pairs, _mm_set1_epi16(1));
  const __m128i halves = _mm_add_epi32(sums, _mm_unpackhi_epi64(sums, sums));
  return _mm_cvtsi128_si32(halves) + _mm_extract_epi32(halves, 1);
}

/// kBlocks (1 or 2) adjacent blocks of eight rows to out[block][quarter][row][4], with `block_stride` bytes
/// from block to block and `quarter_stride` from one group of four k to the next.
template <int kBlocks>
inline void unpack_eight_rows(const PackedRow* rows, int64_t first_block, uint8_t* out, int64_t block_stride,
                              int64_t quarter_stride) {
  const auto load = [&](int row) {
    const auto* from = reinterpret_cast<const __m128i*>(rows[row].codes + first_block * (kScaleBlock / 2));
    return kBlocks == 2 ? _mm_loadu_si128(from) : _mm_loadl_epi64(from);
  };
  const auto load_pair = [&](int row) { return _mm256_set_m128i(load(row + 4), load(row)); };
  // Four bytes hold eight k of a row. Rows 0..3 are in the lower half and rows 4..7 in the upper; transpose
  // them.
  const __m256i r0 = load_pair(0), r1 = load_pair(1), r2 = load_pair(2), r3 = load_pair(3);
  const __m256i low01 = _mm256_unpacklo_epi32(r0, r1), low23 = _mm256_unpacklo_epi32(r2, r3);
  const __m256i high01 = _mm256_unpackhi_epi32(r0, r1), high23 = _mm256_unpackhi_epi32(r2, r3);
  const __m256i transposed[4] = {_mm256_unpacklo_epi64(low01, low23), _mm256_unpackhi_epi64(low01, low23),
                                 _mm256_unpacklo_epi64(high01, high23),
                                 _mm256_unpackhi_epi64(high01, high23)};

  const __m256i table = _mm256_broadcastsi128_si256(twice_e2m1_table(kWeightOffset));
  const __m256i nibble = _mm256_set1_epi8(0x0F);
  for (int i = 0; i < 2 * kBlocks; ++i) {
    const __m256i even = _mm256_and_si256(transposed[i], nibble);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi16(transposed[i], 4), nibble);
    uint8_t* to = out + i / 2 * block_stride + i % 2 * 2 * quarter_stride;
    _mm256_store_si256(reinterpret_cast<__m256i*>(to), _mm256_shuffle_epi8(table, even));
    _mm256_store_si256(reinterpret_cast<__m256i*>(to + quarter_stride), _mm256_shuffle_epi8(table, odd));
  }
}

/// Four blocks of scales of eight rows as fp32 to out[block][row], with `stride` floats from block to block.
/// `first_block` is a multiple of four: four scales of a row are adjacent, padded with zeros.
inline void unpack_eight_scales(const PackedRow* rows, int64_t first_block, float* out, int64_t stride) {
  const auto four_scales = [&](int row) {
    int32_t word;
    std::memcpy(&word, rows[row].scales + first_block / 4 * nvfp4::kScaleTileBytes, sizeof(word));
    return word;
  };
  const __m256i by_row = _mm256_setr_epi32(four_scales(0), four_scales(1), four_scales(2), four_scales(3),
                                           four_scales(4), four_scales(5), four_scales(6), four_scales(7));
  // Transposes 4 x 4 bytes in each half, then brings the two halves of each block together.
  const __m256i transpose =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
  const __m256i by_block = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(by_row, transpose),
                                                       _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
  for (int i = 0; i < 2; ++i, out += 2 * stride) {
    const __m256i code = _mm256_cvtepu8_epi16(i == 0 ? _mm256_castsi256_si128(by_block)
                                                     : _mm256_extracti128_si256(by_block, 1));
    // Moved by 7 bits, UE4M3 reads as fp16, subnormals too, 2^8 too small; but its NaN would read as 480.
    const __m256i nan = _mm256_cmpeq_epi16(code, _mm256_set1_epi16(nvfp4::kUe4m3Nan));
    const __m256i halves = _mm256_blendv_epi8(_mm256_slli_epi16(code, 7), _mm256_set1_epi16(0x7E00), nan);
    const auto store = [](float* to, __m128i eight) {
      _mm256_storeu_ps(to, _mm256_mul_ps(_mm256_cvtph_ps(eight), _mm256_set1_ps(256)));
    };
    store(out, _mm256_castsi256_si128(halves));
    store(out + stride, _mm256_extracti128_si256(halves, 1));
  }
}

}  // namespace
}  // namespace nvfp4bench::kernels::cpu
