// The random words of one row, and what fills make of them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "data/fill.hpp"
#include "data/philox.hpp"
#include "model/problem.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::data {

static_assert(std::endian::native == std::endian::little, "random words are stored as little-endian bytes");

inline constexpr int64_t kBlockBytes = kScaleBlock / 2;

enum class Stream : uint32_t { codes, scales };

/// The random words of one row: four for every `index`.
class RowRandom {
 public:
  RowRandom(const RowId& id, Stream stream)
      : key_{static_cast<uint32_t>(id.seed), static_cast<uint32_t>(id.seed >> 32)},
        row_(static_cast<uint32_t>(id.row)),
        l_(static_cast<uint32_t>(id.l)),
        stream_(static_cast<uint32_t>(id.group) * 8 + static_cast<uint32_t>(id.tensor) * 2 +
                static_cast<uint32_t>(stream)) {}

  std::array<uint32_t, 4> operator()(int64_t index) const {
    return philox4x32_10({static_cast<uint32_t>(index), row_, l_, stream_}, key_);
  }

 private:
  PhiloxKey key_;
  uint32_t row_;
  uint32_t l_;
  uint32_t stream_;
};

/// Uniform codes, their nibbles masked: 128 random bits are the codes of two blocks.
inline void random_codes(const RowId& id, int64_t blocks, uint8_t* codes, uint8_t nibble_mask) {
  const RowRandom random(id, Stream::codes);
  const uint32_t mask = nibble_mask * 0x1111'1111u;
  for (int64_t block = 0; block < blocks; block += 2) {
    auto words = random(block / 2);
    for (uint32_t& word : words) word &= mask;
    std::memcpy(codes + block * kBlockBytes, words.data(),
                block + 1 < blocks ? 2 * kBlockBytes : kBlockBytes);
  }
}

/// Scales made from one random word each.
template <class ScaleOfWord>
void random_scales(const RowId& id, int64_t blocks, uint8_t* scales, ScaleOfWord scale_of_word) {
  const RowRandom random(id, Stream::scales);
  for (int64_t block = 0; block < blocks; block += 4) {
    const auto words = random(block / 4);
    for (int64_t i = 0; i < std::min<int64_t>(4, blocks - block); ++i) {
      scales[block + i] = scale_of_word(words[static_cast<std::size_t>(i)]);
    }
  }
}

/// Uniform in [0, bound).
inline uint32_t below(uint32_t bound, uint32_t word) {
  return static_cast<uint32_t>(uint64_t{word} * bound >> 32);
}

/// Any finite scale, 0 included.
inline uint8_t any_scale(uint32_t word) { return static_cast<uint8_t>(below(nvfp4::kUe4m3Nan, word)); }

/// 1/2, 1 or 2.
inline uint8_t scale_around_one(uint32_t word) {
  return static_cast<uint8_t>(nvfp4::kUe4m3One - 8 + 8 * below(3, word));
}

/// Rows of `a` that keep `most` blocks, spread evenly, and are zero elsewhere; each row shifts the pattern, so
/// that together they reach all K. Other tensors and shorter rows are left as they are.
inline void thin_out(const RowId& id, int64_t blocks, int64_t most, uint8_t* codes) {
  if (id.tensor != Tensor::a || blocks <= most) return;
  for (int64_t block = 0; block < blocks; ++block) {
    const int64_t at = (block + id.row) % blocks;
    const bool kept = at * most / blocks != (at + 1) * most / blocks;
    if (!kept) std::memset(codes + block * kBlockBytes, 0, kBlockBytes);
  }
}

/// What fills calibrate the accumulators' rms to.
inline constexpr double kTargetRms = 4;

/// The power of two nearest to kTargetRms / rms, by ratio.
inline float calibrate(double rms) {
  int exponent = 0;
  const double fraction = std::frexp(kTargetRms / rms, &exponent);  // in [1/2, 1)
  return std::ldexp(1.0f, fraction * fraction >= 0.5 ? exponent : exponent - 1);
}

}  // namespace nvfp4bench::data
