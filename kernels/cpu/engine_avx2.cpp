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
    for (i = 0; i < num_blocks; i += 4) {
      unpack_eight_scales(rows, first_block + i, num_blocks - i < 4 ? num_blocks - i : 4, out[2 * i].scale,
                          kStride / static_cast<int64_t>(sizeof(float)));
    }
  }

  /// The weights of the block stay in registers; acc and a stream through. The sums of a row wait until the
  /// next row's are under way, or their long chain of dependent instructions would fill the scheduler.
  static void multiply_block(const ActivationBlock* a, int64_t num_rows, const WeightBlock& b0,
                             const WeightBlock& b1, float* acc) {
    const Vectors w0 = load(b0), w1 = load(b1);
    PairSums waiting = multiply(a[0], w0, w1);
    for (int64_t m = 1; m < num_rows; ++m) {
      const PairSums next = multiply(a[m], w0, w1);
      add_scaled(waiting, a[m - 1], w0.scale, w1.scale, acc + 2 * kColumns * (m - 1));
      waiting = next;
    }
    add_scaled(waiting, a[num_rows - 1], w0.scale, w1.scale, acc + 2 * kColumns * (num_rows - 1));
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

  /// Of the two vectors of a panel, in int16: each 32-bit lane holds two halves of a column's dot.
  struct PairSums {
    __m256i v0;
    __m256i v1;
  };

  static PairSums multiply(const ActivationBlock& a, const Vectors& w0, const Vectors& w1) {
    __m256i v0 = {}, v1 = {};
    for (int k4 = 0; k4 < 4; ++k4) {
      const __m256i ak = broadcast(a.codes + 4 * k4);
      const __m256i pairs0 = _mm256_maddubs_epi16(w0.codes[k4], ak);
      const __m256i pairs1 = _mm256_maddubs_epi16(w1.codes[k4], ak);
      v0 = k4 == 0 ? pairs0 : _mm256_add_epi16(v0, pairs0);
      v1 = k4 == 0 ? pairs1 : _mm256_add_epi16(v1, pairs1);
      // GCC would otherwise issue all eight products first, and spill the weights to make room for them.
      opaque(v0);
      opaque(v1);
    }
    return {v0, v1};
  }

  /// Two FMAs a vector: the first takes off the offset and is exact, the second rounds, once a block.
  static void add_scaled(const PairSums& sums, const ActivationBlock& a, __m256 scale0, __m256 scale1,
                         float* acc) {
    const __m256 quarter_scale = _mm256_set1_ps(a.quarter_scale);
    const __m256 offset = _mm256_set1_ps(a.offset);
    const auto scaled = [&](__m256i pair_sums) {
      const __m256i dots = _mm256_madd_epi16(pair_sums, _mm256_set1_epi16(1));
      return _mm256_fmadd_ps(_mm256_cvtepi32_ps(dots), quarter_scale, offset);
    };
    const __m256 sum0 = _mm256_fmadd_ps(scaled(sums.v0), scale0, _mm256_loadu_ps(acc));
    const __m256 sum1 = _mm256_fmadd_ps(scaled(sums.v1), scale1, _mm256_loadu_ps(acc + kColumns));
    _mm256_storeu_ps(acc, sum0);
    _mm256_storeu_ps(acc + kColumns, sum1);
  }
};

}  // namespace

const Engine kAvx2Engine = EngineOf<Avx2>::engine(nvfp4::Isa::avx2);

}  // namespace nvfp4bench::kernels::cpu
