// The AVX2 engine: vpmaddubsw sums pairs of byte products in int16, where a whole block fits (at most 5,376,
// offset included). 128 multiply-adds cost 4 vpmaddubsw, 3 vpaddw, 1 vpmaddwd, 1 conversion and 2 FMA.
#include "kernels/cpu/engine_of.hpp"
#include "kernels/cpu/engines.hpp"
#include "kernels/cpu/x86_unpack.hpp"

namespace nvfp4bench::kernels::cpu {
namespace {

struct Avx2 {
  using Floats = __m256;
  using Ints = int32_t __attribute__((vector_size(32)));
  static constexpr int kColumns = 8;

  struct ActivationBlock {
    alignas(8) int8_t codes[kScaleBlock];
    float quarter_scale;  // a quarter of the scale, since both operands are doubled
    float offset;         // -kWeightOffset * sum of codes * quarter_scale, exact: 12 + 4 bits
  };
  struct WeightBlock {
    alignas(32) uint8_t codes[4][kColumns][4];  // [k / 4][row][k % 4]
    float scale[kColumns];
  };

  static void unpack_activation(const uint8_t* codes, float scale, ActivationBlock& out) {
    const int32_t sum = unpack_activation_codes(codes, out.codes);
    out.quarter_scale = 0.25f * scale;
    out.offset = static_cast<float>(-kWeightOffset * sum) * out.quarter_scale;
  }

  static void unpack_weights(const PackedRow* rows, int64_t first_block, int64_t num_blocks,
                             WeightBlock* out /* every other one */) {
    constexpr int64_t kStride = 2 * sizeof(WeightBlock);
    constexpr int64_t kK4Stride = kColumns * 4;
    int64_t i = 0;
    for (; i + 1 < num_blocks; i += 2) {
      unpack_eight_rows<2>(rows, first_block + i, out[2 * i].codes[0][0], kStride, kK4Stride);
    }
    if (i < num_blocks) {
      unpack_eight_rows<1>(rows, first_block + i, out[2 * i].codes[0][0], kStride, kK4Stride);
    }
  }

  /// The weights of the block stay in registers; acc and a stream through.
  static void multiply_block(const ActivationBlock* a, int64_t num_rows, const WeightBlock& b0,
                             const WeightBlock& b1, float* acc) {
    const Vectors w0 = load(b0), w1 = load(b1);
    for (int64_t m = 0; m < num_rows; ++m) {
      const __m256i a0 = broadcast(a[m].codes), a1 = broadcast(a[m].codes + 4);
      __m256i sum0 =
          _mm256_add_epi16(_mm256_maddubs_epi16(w0.codes[0], a0), _mm256_maddubs_epi16(w0.codes[1], a1));
      __m256i sum1 =
          _mm256_add_epi16(_mm256_maddubs_epi16(w1.codes[0], a0), _mm256_maddubs_epi16(w1.codes[1], a1));
      for (int k4 = 2; k4 < 4; ++k4) {
        const __m256i ak = broadcast(a[m].codes + 4 * k4);
        sum0 = _mm256_add_epi16(sum0, _mm256_maddubs_epi16(w0.codes[k4], ak));
        sum1 = _mm256_add_epi16(sum1, _mm256_maddubs_epi16(w1.codes[k4], ak));
      }
      add_scaled(sum0, a[m], w0.scale, acc + 2 * kColumns * m);
      add_scaled(sum1, a[m], w1.scale, acc + 2 * kColumns * m + kColumns);
    }
  }

  static void store_f16(Floats x, uint8_t* to) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT));
  }

  static int64_t peak_dots(int64_t repeats) {
    constexpr int kChains = 8;
    __m256i sums[kChains] = {};
    __m256i weights = _mm256_set1_epi8(1);
    const __m256i activations = _mm256_set1_epi8(1);
    for (int64_t i = 0; i < repeats; ++i) {
      for (__m256i& sum : sums) {
        opaque(weights);
        sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(weights, activations));
      }
    }
    for (__m256i& sum : sums) opaque(sum);
    return repeats * kChains * 32;
  }

 private:
  /// Hides from the compiler what a register holds, so that it computes with it again.
  static void opaque(__m256i& x) { asm volatile("" : "+x"(x)); }

  struct Vectors {
    __m256i codes[4];
    __m256 scale;
  };

  static Vectors load(const WeightBlock& b) {
    Vectors v;
    for (int k4 = 0; k4 < 4; ++k4) {
      v.codes[k4] = _mm256_load_si256(reinterpret_cast<const __m256i*>(b.codes[k4]));
    }
    v.scale = _mm256_load_ps(b.scale);
    return v;
  }

  static __m256i broadcast(const int8_t* four) {
    int32_t word;
    std::memcpy(&word, four, sizeof(word));
    return _mm256_set1_epi32(word);
  }

  /// Two FMAs: the first takes off the offset and is exact, the second is the one rounding of this block.
  static void add_scaled(__m256i pair_sums, const ActivationBlock& a, __m256 scale, float* acc) {
    const __m256i dots = _mm256_madd_epi16(pair_sums, _mm256_set1_epi16(1));
    const __m256 scaled =
        _mm256_fmadd_ps(_mm256_cvtepi32_ps(dots), _mm256_set1_ps(a.quarter_scale), _mm256_set1_ps(a.offset));
    _mm256_storeu_ps(acc, _mm256_fmadd_ps(scaled, scale, _mm256_loadu_ps(acc)));
  }
};

}  // namespace

const Engine kAvx2Engine = EngineOf<Avx2>::engine(nvfp4::Isa::avx2);

}  // namespace nvfp4bench::kernels::cpu
