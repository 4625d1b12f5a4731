#include "data/fill.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "data/adversarial_fills.hpp"
#include "data/exact_full.hpp"
#include "data/row_random.hpp"
#include "nvfp4/e2m1.hpp"
#include "nvfp4/quantize.hpp"
#include "nvfp4/ue4m3.hpp"

namespace nvfp4bench::data {
namespace {

// --- Default alphas -----------------------------------------------------------------------------------

constexpr double mean_square_of_all_codes() {
  double sum = 0;
  for (unsigned code = 0; code < 16; ++code) sum += nvfp4::e2m1_to_float(code) * nvfp4::e2m1_to_float(code);
  return sum / 16;
}

constexpr double mean_square_of_all_scales() {
  double sum = 0;
  for (uint8_t code = 0; code < nvfp4::kUe4m3Nan; ++code) {
    sum += double{nvfp4::ue4m3_to_float(code)} * nvfp4::ue4m3_to_float(code);
  }
  return sum / nvfp4::kUe4m3Nan;
}

float unit_alpha(int64_t) { return 1; }

/// Sums of k independent products of mean 0.
double random_walk_rms(int64_t k, double code_mean_square, double scale_mean_square) {
  return std::sqrt(static_cast<double>(k)) * code_mean_square * scale_mean_square;
}

// --- gpumode, full, zeros, ones -----------------------------------------------------------------------

void fill_gpumode(const RowId& id, int64_t blocks, uint8_t* codes, uint8_t* scales) {
  random_codes(id, blocks, codes, 0b1011);
  random_scales(id, blocks, scales, [](uint32_t word) {
    return nvfp4::ue4m3_from_float(static_cast<float>(word >> 8) * 0x1p-24f);
  });
}

void fill_full(const RowId& id, int64_t blocks, uint8_t* codes, uint8_t* scales) {
  random_codes(id, blocks, codes, 0b1111);
  random_scales(id, blocks, scales, any_scale);
}

float full_alpha(int64_t k) {
  return calibrate(random_walk_rms(k, mean_square_of_all_codes(), mean_square_of_all_scales()));
}

void fill_zeros(const RowId& id, int64_t blocks, uint8_t* codes, uint8_t* scales) {
  std::memset(codes, 0, static_cast<std::size_t>(blocks * kBlockBytes));
  random_scales(id, blocks, scales, any_scale);
}

void fill_ones(const RowId&, int64_t blocks, uint8_t* codes, uint8_t* scales) {
  std::memset(codes, nvfp4::e2m1_from_float(1) * 0x11, static_cast<std::size_t>(blocks * kBlockBytes));
  std::memset(scales, nvfp4::kUe4m3One, static_cast<std::size_t>(blocks));
}

float ones_alpha(int64_t k) { return calibrate(static_cast<double>(k)); }

// --- exact_full ---------------------------------------------------------------------------------------

float exact_full_alpha(int64_t k) {
  constexpr double kScaleMeanSquare = (0.25 + 1 + 4) / 3;
  return calibrate(
      random_walk_rms(std::min(k, kExactBlocks * kScaleBlock), mean_square_of_all_codes(), kScaleMeanSquare));
}

// --- gauss --------------------------------------------------------------------------------------------

/// Standard normal values at equally likely probabilities: the magnitudes at the centres of 4096 parts.
class HalfNormal {
 public:
  static constexpr std::size_t kParts = 4096;

  HalfNormal() {
    // Integrate the density over steps of h = 2^-10 (trapezoids) and note where each target is passed. The
    // density needs no exp: over a step it shrinks by a factor that itself shrinks by exp(-h^2).
    constexpr double kStep = 0x1p-10;
    constexpr double kShrink = 0.99999904632613834;         // exp(-h^2)
    constexpr double kFirstFactor = 0.99999952316295528;    // exp(-h^2 / 2)
    constexpr double kDensityAtZero = 0.79788456080286536;  // sqrt(2 / pi)
    double z = 0;
    double probability = 0;
    double density = kDensityAtZero;
    double factor = kFirstFactor;
    for (std::size_t i = 0; i < kParts;) {
      const double next_density = density * factor;
      const double part = kStep * 0.5 * (density + next_density);
      for (; i < kParts; ++i) {
        const double target = (static_cast<double>(i) + 0.5) / kParts;
        if (target > probability + part) break;
        values_[i] = static_cast<float>(z + kStep * ((target - probability) / part));
      }
      z += kStep;
      probability += part;
      density = next_density;
      factor *= kShrink;
    }
  }

  /// A normal value from 16 random bits.
  float operator()(uint32_t bits) const {
    const float magnitude = values_[bits % kParts];
    return std::bit_cast<float>(std::bit_cast<uint32_t>(magnitude) | (bits & 0x8000u) << 16);
  }

  float largest() const { return values_.back(); }

 private:
  std::array<float, kParts> values_;
};

const HalfNormal& half_normal() {
  static const HalfNormal table;
  return table;
}

/// Every tensor has the standard deviation 1 here; alpha carries the rest.
float gauss_tensor_scale() { return nvfp4::choose_tensor_scale(std::array{half_normal().largest()}); }

void fill_gauss(const RowId& id, int64_t blocks, uint8_t* codes, uint8_t* scales) {
  const HalfNormal& normal = half_normal();
  const float tensor_scale = gauss_tensor_scale();
  const RowRandom random(id, Stream::codes);
  std::array<float, kScaleBlock> values;
  for (int64_t block = 0; block < blocks; ++block) {
    for (std::size_t half = 0; half < 2; ++half) {
      const auto words = random(block * 2 + static_cast<int64_t>(half));
      for (std::size_t i = 0; i < words.size(); ++i) {
        values[half * 8 + i * 2] = normal(words[i] & 0xFFFF);
        values[half * 8 + i * 2 + 1] = normal(words[i] >> 16);
      }
    }
    const nvfp4::QuantizedBlock quantized = nvfp4::quantize_block(values, tensor_scale);
    std::memcpy(codes + block * kBlockBytes, quantized.codes.data(), kBlockBytes);
    scales[block] = quantized.scale;
  }
}

float gauss_alpha(int64_t k) {
  const double tensor_scale = gauss_tensor_scale();
  return static_cast<float>(tensor_scale * tensor_scale * (kTargetRms / std::sqrt(static_cast<double>(k))));
}

// --- The catalogue ------------------------------------------------------------------------------------

constexpr std::array kFills{
    FillInfo{"gpumode", "|code| <= 1.5, scales e4m3(U[0,1)): the published problems' distribution",
             fill_gpumode, unit_alpha},
    FillInfo{"gauss", "normal data quantised as inference stacks do it: what a model would feed", fill_gauss,
             gauss_alpha},
    FillInfo{"exact_full",
             "all codes, scales 1/2, 1, 2: fp32 sums are exact in any order, so must match to the bit",
             fill_exact_full, exact_full_alpha},
    FillInfo{"full", "all 16 codes x all 127 finite scales: the whole range of the formats", fill_full,
             full_alpha},
    FillInfo{"zeros", "codes 0, random scales: shows uninitialised accumulators and outputs", fill_zeros,
             unit_alpha},
    FillInfo{"ones", "every value 1: a dot product counts its K, so lost or doubled tiles show", fill_ones,
             ones_alpha},
    FillInfo{"nan_scales", "exact_full with NaN scales in some rows, over zeros too: their outputs are NaN",
             fill_nan_scales, exact_full_alpha},
    FillInfo{"zero_rows", "exact_full with rows of zeros, by codes or by scales: zeros must be written too",
             fill_zero_rows, exact_full_alpha},
    FillInfo{"extreme_scales", "rows of subnormal scales beside rows of scales up to 448; for bf16 and f32",
             fill_extreme_scales, extreme_scales_alpha},
    FillInfo{"same_sign",
             "exact_full in which sums only grow: gates far from zero, accumulators that saturate",
             fill_same_sign, same_sign_alpha},
};

}  // namespace

void fill_padding_row(const RowId& id, PadScales pad, int64_t blocks, uint8_t* scales) {
  switch (pad) {
    case PadScales::zero:
      return;
    case PadScales::random:
      return random_scales(id, blocks, scales, any_scale);
    case PadScales::nan:
      std::memset(scales, nvfp4::kUe4m3Nan, static_cast<std::size_t>(blocks));
  }
}

std::span<const FillInfo> fills() { return kFills; }

const FillInfo* find_fill(std::string_view name) {
  const auto found =
      std::find_if(kFills.begin(), kFills.end(), [&](const FillInfo& fill) { return fill.name == name; });
  return found == kFills.end() ? nullptr : &*found;
}

}  // namespace nvfp4bench::data
