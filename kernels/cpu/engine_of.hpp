// The loops that every instruction set shares, over its own vocabulary. A class Simd says
//
//   Floats, Ints             vectors of fp32 and int32, as many lanes
//   kColumns                 weight rows of one vector of a panel, a multiple of the lanes
//   ActivationBlock          16 values of a row of a and their scale, unpacked
//   WeightBlock              16 values of kColumns weight rows and their scales, unpacked
//   unpack_activation        one block of one row
//   unpack_weights           some blocks of kColumns rows, to every other element
//   multiply_block           acc[row][2][kColumns] += activation[row] . weights
//   store_f16                one vector, rounded to nearest even
//   peak_dots                the multiply-adds of multiply_block and nothing else
//
// Each instruction set has a source file of its own, compiled with its own flags. What it instantiates must
// not be shared with other files, or the linker could pick the AVX-512 copy of a function for a machine that
// lacks it: so a Simd lives in an unnamed namespace, and nothing here calls inline functions of other headers
// at run time unless they take the Simd's types.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/cpu/engine.hpp"
#include "kernels/cpu/silu.hpp"
#include "nvfp4/scale_layout.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::kernels::cpu {

struct ScaleValues {
  float of_code[256];  // codes from 0x80 on are no scales
};
inline constexpr ScaleValues kScaleValues = [] {
  ScaleValues values{};
  for (unsigned code = 0; code < 256; ++code) {
    const uint8_t scale = code < 0x80 ? static_cast<uint8_t>(code) : nvfp4::kUe4m3Nan;
    values.of_code[code] = nvfp4::ue4m3_to_float(scale);
  }
  return values;
}();

namespace {

inline float scale_of(const PackedRow& row, int64_t block) {
  constexpr int64_t kCols = nvfp4::kScaleTileCols;
  return kScaleValues.of_code[row.scales[block / kCols * nvfp4::kScaleTileBytes + block % kCols]];
}

}  // namespace

template <class Simd>
struct EngineOf {
  using Floats = typename Simd::Floats;
  using Ints = typename Simd::Ints;
  using ActivationBlock = typename Simd::ActivationBlock;
  using WeightBlock = typename Simd::WeightBlock;
  static constexpr int64_t kColumns = Simd::kColumns;
  static constexpr int64_t kLanes = sizeof(Floats) / sizeof(float);
  static constexpr int64_t kBlockBytes = kScaleBlock / 2;

  static void unpack_activations(const PackedRow* rows, int64_t num_rows, int64_t first_block,
                                 int64_t num_blocks, uint8_t* out) {
    auto* blocks = reinterpret_cast<ActivationBlock*>(out);
    for (int64_t m = 0; m < num_rows; ++m) {
      for (int64_t i = 0; i < num_blocks; ++i) {
        const int64_t block = first_block + i;
        Simd::unpack_activation(rows[m].codes + block * kBlockBytes, scale_of(rows[m], block),
                                blocks[i * num_rows + m]);
      }
    }
  }

  static void unpack_panel(const Panel& panel, uint8_t* out) {
    auto* blocks = reinterpret_cast<WeightBlock*>(out);  // [block][2]
    for (int64_t v = 0; v < 2; ++v) {
      Simd::unpack_weights(panel.rows + v * kColumns, panel.first_block, panel.num_blocks, blocks + v);
    }
  }

  static void multiply(const uint8_t* activations, int64_t num_rows, const uint8_t* panel, int64_t num_blocks,
                       float* acc) {
    const auto* a = reinterpret_cast<const ActivationBlock*>(activations);
    const auto* b = reinterpret_cast<const WeightBlock*>(panel);
    for (int64_t i = 0; i < num_blocks; ++i) {
      Simd::multiply_block(a + i * num_rows, num_rows, b[2 * i], b[2 * i + 1], acc);
    }
  }

  static void store(const Sums& acc, int64_t stride, int64_t num_rows, const Output& out) {
    store_rows(num_rows, out, [&](int64_t m, int64_t n, int64_t count) {
      return load(acc.data + m * stride + n, count) * acc.alpha;
    });
  }

  static void store_silu_mul(const Sums& acc1, const Sums& acc2, int64_t stride, int64_t num_rows,
                             const Output& out) {
    store_rows(num_rows, out, [&](int64_t m, int64_t n, int64_t count) {
      const Floats gate = load(acc1.data + m * stride + n, count) * acc1.alpha;
      const Floats up = load(acc2.data + m * stride + n, count) * acc2.alpha;
      return silu<Floats, Ints>(gate) * up;
    });
  }

  /// Writes value_at(row, first column, columns) everywhere, kLanes columns at a time or what is left of
  /// them.
  template <class ValueAt>
  static void store_rows(int64_t num_rows, const Output& out, const ValueAt& value_at) {
    const int64_t width = out.type == OutputType::f32 ? 4 : 2;
    for (int64_t m = 0; m < num_rows; ++m) {
      for (int64_t n = 0; n < out.columns; n += kLanes) {
        const int64_t left = out.columns - n;
        const int64_t count = left < kLanes ? left : kLanes;
        uint8_t rounded[sizeof(Floats)];
        round(value_at(m, n, count), out.type, rounded);
        uint8_t* to = out.data + (m * out.stride + n) * width;
        if (count == kLanes) {
          std::memcpy(to, rounded, static_cast<size_t>(kLanes * width));
        } else {
          std::memcpy(to, rounded, static_cast<size_t>(count * width));
        }
      }
    }
  }

  static void round(Floats x, OutputType type, uint8_t* to) {
    if (type == OutputType::f16) {
      Simd::store_f16(x, to);
    } else if (type == OutputType::bf16) {
      store_bf16(x, to);
    } else {
      std::memcpy(to, &x, sizeof(x));
    }
  }

  static void store_bf16(Floats x, uint8_t* to) {
    using Halves [[gnu::vector_size(sizeof(Floats) / 2)]] = uint16_t;
    const Ints bits = reinterpret_cast<Ints>(x);
    const Ints nearest_even = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
    const Ints quiet_nan = (bits >> 16) | 0x0040;
    const Halves halves = __builtin_convertvector(x == x ? nearest_even : quiet_nan, Halves);
    std::memcpy(to, &halves, sizeof(halves));
  }

  static void read(const uint8_t* lines, int64_t bytes) {
    constexpr int64_t kLine = 64;
    constexpr int64_t kVectors = kLine / static_cast<int64_t>(sizeof(Ints));
    Ints seen[kVectors] = {};
    for (int64_t i = 0; i < bytes; i += kLine) {
      for (int64_t v = 0; v < kVectors; ++v) {
        Ints vector;
        std::memcpy(&vector, lines + i + v * static_cast<int64_t>(sizeof(Ints)), sizeof(vector));
        seen[v] ^= vector;
      }
    }
    asm volatile("" : : "r"(seen) : "memory");  // or no compiler would read
  }

  static Floats load(const float* from, int64_t count) {
    Floats x = {};
    if (count == kLanes) {
      std::memcpy(&x, from, sizeof(x));
    } else {
      std::memcpy(&x, from, static_cast<size_t>(count) * sizeof(float));
    }
    return x;
  }

  static constexpr Engine engine(Isa isa) {
    return {.isa = isa,
            .columns = kColumns,
            .activation_bytes = sizeof(ActivationBlock),
            .panel_bytes = 2 * kChunkBlocks * static_cast<int64_t>(sizeof(WeightBlock)),
            .unpack_activations = unpack_activations,
            .unpack_panel = unpack_panel,
            .multiply = multiply,
            .store = store,
            .store_silu_mul = store_silu_mul,
            .peak_dots = Simd::peak_dots,
            .read = read};
  }
};

}  // namespace nvfp4bench::kernels::cpu
