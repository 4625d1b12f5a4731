// The engine for any CPU: plain loops over int16, which compilers vectorise.
#include <array>

#include "kernels/cpu/engine_of.hpp"
#include "kernels/cpu/engines.hpp"
#include "nvfp4/e2m1.hpp"
#include "nvfp4/float16.hpp"
#include "nvfp4/pack.hpp"

namespace nvfp4bench::kernels::cpu {
namespace {

struct Portable {
  using Floats = float __attribute__((vector_size(16)));
  using Ints = int32_t __attribute__((vector_size(16)));
  static constexpr int kColumns = 8;

  // Values are twice E2M1: products count quarters, and 16 of them fit int16.
  struct ActivationBlock {
    int16_t codes[kScaleBlock];
    float quarter_scale;  // a quarter of the scale
  };
  struct WeightBlock {
    int16_t codes[kScaleBlock][kColumns];
    float scale[kColumns];
  };

  static void unpack_activation(const uint8_t* codes, float scale, ActivationBlock& out) {
    for (int k = 0; k < kScaleBlock; ++k) out.codes[k] = twice(codes, k);
    out.quarter_scale = 0.25f * scale;
  }

  static void unpack_weights(const PackedRow* rows, int64_t first_block, int64_t num_blocks,
                             WeightBlock* out /* every other one */) {
    for (int64_t i = 0; i < num_blocks; ++i) {
      for (int n = 0; n < kColumns; ++n) {
        const uint8_t* codes = rows[n].codes + (first_block + i) * kScaleBlock / 2;
        for (int k = 0; k < kScaleBlock; ++k) out[2 * i].codes[k][n] = twice(codes, k);
        out[2 * i].scale[n] = scale_of(rows[n], first_block + i);
      }
    }
  }

  static void multiply_block(const ActivationBlock* a, int64_t num_rows, const WeightBlock& b0,
                             const WeightBlock& b1, float* acc) {
    for (int64_t m = 0; m < num_rows; ++m) {
      add_dots(a[m], b0, acc + 2 * kColumns * m);
      add_dots(a[m], b1, acc + 2 * kColumns * m + kColumns);
    }
  }

  static void store_f16(Floats x, uint8_t* to) {
    uint16_t halves[4];
    for (int i = 0; i < 4; ++i) halves[i] = nvfp4::f16_from(x[i]);
    std::memcpy(to, halves, sizeof(halves));
  }

  static int64_t peak_dots(int64_t repeats) {
    constexpr int64_t kRows = 8;
    ActivationBlock activations[kRows] = {};
    WeightBlock weights = {};
    float acc[kRows * 2 * kColumns] = {};
    for (int64_t i = 0; i < repeats; ++i) {
      asm volatile("" : : "r"(activations), "r"(&weights), "r"(acc) : "memory");  // nothing is known of them
      multiply_block(activations, kRows, weights, weights, acc);
    }
    return repeats * kRows * 2 * kColumns * kScaleBlock;
  }

 private:
  static int16_t twice(const uint8_t* codes, int k) {
    static constexpr auto kTwice = [] {
      std::array<int16_t, 16> values{};
      for (unsigned code = 0; code < 16; ++code) {
        values[code] = static_cast<int16_t>(nvfp4::e2m1_to_twice(code));
      }
      return values;
    }();
    return kTwice[nvfp4::get_nibble(codes, k)];
  }

  static void add_dots(const ActivationBlock& a, const WeightBlock& b, float* acc) {
    int16_t dots[kColumns] = {};
    for (int k = 0; k < kScaleBlock; ++k) {
      for (int n = 0; n < kColumns; ++n) dots[n] = static_cast<int16_t>(dots[n] + b.codes[k][n] * a.codes[k]);
    }
    for (int n = 0; n < kColumns; ++n) {
      acc[n] += static_cast<float>(dots[n]) * a.quarter_scale * b.scale[n];
    }
  }
};

}  // namespace

const Engine kPortableEngine = EngineOf<Portable>::engine(Isa::portable);

}  // namespace nvfp4bench::kernels::cpu
