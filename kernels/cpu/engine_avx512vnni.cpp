// The AVX-512 VNNI engine: vpdpbusd adds four byte products to an int32, so a block of 16 columns is four of
// them, started from the offset that unsigned weights bring with them.
#include "kernels/cpu/engine_of.hpp"
#include "kernels/cpu/engines.hpp"
#include "kernels/cpu/x86_unpack.hpp"

namespace nvfp4bench::kernels::cpu {
namespace {

struct Avx512Vnni {
  using Floats = __m512;
  using Ints = int32_t __attribute__((vector_size(64)));
  static constexpr int kColumns = 16;

  struct ActivationBlock {
    alignas(8) int8_t codes[kScaleBlock];
    float quarter_scale;  // a quarter of the scale, since both operands are doubled
    int32_t offset;       // -kWeightOffset * sum of codes
  };
  struct WeightBlock {
    alignas(64) uint8_t codes[4][kColumns][4];  // [quarter][row][4 k]
    float scale[kColumns];
  };

  static void unpack_activation(const uint8_t* codes, float scale, ActivationBlock& out) {
    out.offset = -kWeightOffset * unpack_activation_codes(codes, out.codes);
    out.quarter_scale = 0.25f * scale;
  }

  static void unpack_weights(const PackedRow* rows, int64_t first_block, int64_t num_blocks,
                             WeightBlock* out /* every other one */) {
    constexpr int64_t kStride = 2 * sizeof(WeightBlock);
    constexpr int64_t kQuarterStride = kColumns * 4;
    for (int row = 0; row < kColumns; row += 8) {
      int64_t i = 0;
      for (; i + 1 < num_blocks; i += 2) {
        unpack_eight_rows<2>(rows + row, first_block + i, out[2 * i].codes[0][row], kStride, kQuarterStride);
      }
      if (i < num_blocks) {
        unpack_eight_rows<1>(rows + row, first_block + i, out[2 * i].codes[0][row], kStride, kQuarterStride);
      }
      for (i = 0; i < num_blocks; i += 4) {
        unpack_eight_scales(rows + row, first_block + i, out[2 * i].scale + row,
                            kStride / static_cast<int64_t>(sizeof(float)));
      }
    }
  }

  /// The weights of the block stay in registers; acc and a stream through.
  static void multiply_block(const ActivationBlock* a, int64_t num_rows, const WeightBlock& b0,
                             const WeightBlock& b1, float* acc) {
    const Vectors w0 = load(b0), w1 = load(b1);
    for (int64_t m = 0; m < num_rows; ++m) {
      __m512i dots0 = _mm512_set1_epi32(a[m].offset), dots1 = dots0;
      for (int k4 = 0; k4 < 4; ++k4) {
        int32_t word;
        std::memcpy(&word, a[m].codes + 4 * k4, sizeof(word));
        dots0 = _mm512_dpbusd_epi32(dots0, w0.codes[k4], _mm512_set1_epi32(word));
        dots1 = _mm512_dpbusd_epi32(dots1, w1.codes[k4], _mm512_set1_epi32(word));
      }
      const __m512 quarter_scale = _mm512_set1_ps(a[m].quarter_scale);
      add_scaled(dots0, quarter_scale, w0.scale, acc + 2 * kColumns * m);
      add_scaled(dots1, quarter_scale, w1.scale, acc + 2 * kColumns * m + kColumns);
    }
  }

  static void store_f16(Floats x, uint8_t* to) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_cvtps_ph(x, _MM_FROUND_TO_NEAREST_INT));
  }

  static int64_t peak_dots(int64_t repeats) {
    constexpr int kChains = 16;
    __m512i sums[kChains] = {};
    const __m512i weights = _mm512_set1_epi8(1);
    const __m512i activations = _mm512_set1_epi8(1);
    for (int64_t i = 0; i < repeats; ++i) {
      for (__m512i& sum : sums) {
        sum = _mm512_dpbusd_epi32(sum, weights, activations);
        opaque(sum);
      }
    }
    return repeats * kChains * 64;
  }

 private:
  /// Hides from the compiler what a register holds, so that it computes with it again.
  static void opaque(__m512i& x) { asm volatile("" : "+v"(x)); }

  struct Vectors {
    __m512i codes[4];
    __m512 scale;
  };

  static Vectors load(const WeightBlock& b) {
    Vectors v;
    for (int k4 = 0; k4 < 4; ++k4) v.codes[k4] = _mm512_load_si512(b.codes[k4]);
    v.scale = _mm512_load_ps(b.scale);
    return v;
  }

  /// The product is exact; the FMA is the one rounding of this block.
  static void add_scaled(__m512i dots, __m512 quarter_scale, __m512 scale, float* acc) {
    const __m512 scaled = _mm512_mul_ps(_mm512_cvtepi32_ps(dots), quarter_scale);
    _mm512_storeu_ps(acc, _mm512_fmadd_ps(scaled, scale, _mm512_loadu_ps(acc)));
  }
};

}  // namespace

const Engine kAvx512VnniEngine = EngineOf<Avx512Vnni>::engine(Isa::avx512vnni);

}  // namespace nvfp4bench::kernels::cpu
