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
    alignas(32) uint8_t codes[4][kColumns][4];  // [quarter][row][4 k]
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
    constexpr int64_t kQuarterStride = kColumns * 4;
    int64_t i = 0;
    for (; i + 1 < num_blocks; i += 2) {
      unpack_eight_rows<2>(rows, first_block + i, out[2 * i].codes[0][0], kStride, kQuarterStride);
    }
    if (i < num_blocks) {
      unpack_eight_rows<1>(rows, first_block + i, out[2 * i].codes[0][0], kStride, kQuarterStride);
    }
    for (i = 0; i < num_blocks; i += 4) {
      unpack_eight_scales(rows, first_block + i, out[2 * i].scale,
                          kStride / static_cast<int64_t>(sizeof(float)));
    }
  }

  /// The weights of the block stay in registers; acc and a stream through. The sums of a row are finished
  /// between the products of the next: alone, their long chain of dependent instructions would hold up the
  /// multipliers. The order is the point, so every step is opaque to the compiler.
  static void multiply_block(const ActivationBlock* a, int64_t num_rows, const WeightBlock& b0,
                             const WeightBlock& b1, float* acc) {
    const Vectors w0 = load(b0), w1 = load(b1);
    PairSums sums = {};
    add_products<0>(a[0], w0, w1, sums);
    add_products<1>(a[0], w0, w1, sums);
    add_products<2>(a[0], w0, w1, sums);
    add_products<3>(a[0], w0, w1, sums);
    for (int64_t m = 1; m < num_rows; ++m) {
      PairSums next;
      add_products<0>(a[m], w0, w1, next);
      __m256i dots0 = add_pairs(sums.v0);
      add_products<1>(a[m], w0, w1, next);
      __m256i dots1 = add_pairs(sums.v1);
      __m256 floats0 = to_float(dots0);
      add_products<2>(a[m], w0, w1, next);
      __m256 floats1 = to_float(dots1);
      add_products<3>(a[m], w0, w1, next);
      add_scaled(floats0, floats1, a[m - 1], w0.scale, w1.scale, acc + 2 * kColumns * (m - 1));
      sums = next;
    }
    add_scaled(to_float(add_pairs(sums.v0)), to_float(add_pairs(sums.v1)), a[num_rows - 1], w0.scale,
               w1.scale, acc + 2 * kColumns * (num_rows - 1));
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
  /// Hides from the compiler what a register holds, so that it neither moves nor repeats what made it.
  static void opaque(__m256i& x) { asm volatile("" : "+x"(x)); }
  static void opaque(__m256& x) { asm volatile("" : "+x"(x)); }

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

  template <int kK4>
  static void add_products(const ActivationBlock& a, const Vectors& w0, const Vectors& w1, PairSums& sums) {
    const __m256i ak = broadcast(a.codes + 4 * kK4);
    const __m256i pairs0 = _mm256_maddubs_epi16(w0.codes[kK4], ak);
    const __m256i pairs1 = _mm256_maddubs_epi16(w1.codes[kK4], ak);
    sums.v0 = kK4 == 0 ? pairs0 : _mm256_add_epi16(sums.v0, pairs0);
    sums.v1 = kK4 == 0 ? pairs1 : _mm256_add_epi16(sums.v1, pairs1);
    opaque(sums.v0);
    opaque(sums.v1);
  }

  /// The ones come from memory: the main loop needs all sixteen registers for what changes.
  static __m256i add_pairs(__m256i pair_sums) {
    alignas(32) static constexpr int16_t kOnes[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const int16_t* ones = kOnes;
    asm volatile("" : "+r"(ones));
    __m256i dots = _mm256_madd_epi16(pair_sums, *reinterpret_cast<const __m256i*>(ones));
    opaque(dots);
    return dots;
  }

  static __m256 to_float(__m256i dots) {
    __m256 floats = _mm256_cvtepi32_ps(dots);
    opaque(floats);
    return floats;
  }

  /// Two FMAs a vector: the first takes off the offset and is exact, the second rounds, once a block.
  static void add_scaled(__m256 dots0, __m256 dots1, const ActivationBlock& a, __m256 scale0, __m256 scale1,
                         float* acc) {
    const __m256 quarter_scale = _mm256_set1_ps(a.quarter_scale);
    const __m256 offset = _mm256_set1_ps(a.offset);
    const __m256 scaled0 = _mm256_fmadd_ps(dots0, quarter_scale, offset);
    const __m256 scaled1 = _mm256_fmadd_ps(dots1, quarter_scale, offset);
    _mm256_storeu_ps(acc, _mm256_fmadd_ps(scaled0, scale0, _mm256_loadu_ps(acc)));
    _mm256_storeu_ps(acc + kColumns, _mm256_fmadd_ps(scaled1, scale1, _mm256_loadu_ps(acc + kColumns)));
  }
};

}  // namespace

const Engine kAvx2Engine = EngineOf<Avx2>::engine(Isa::avx2);

}  // namespace nvfp4bench::kernels::cpu
