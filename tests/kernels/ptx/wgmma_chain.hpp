// Runs chains of the wgmma instruction on given bits, to hold the hardware against a model of it.
#pragma once

#include <cstdint>
#include <vector>

namespace nvfp4bench::test {

inline constexpr int kChainM = 64;
inline constexpr int kChainN = 8;
inline constexpr int kChainK = 16;
/// A chain's length is a multiple of this: steps whose operands share one 128-byte row.
inline constexpr int kChainStepUnit = 4;

/// `chains` independent accumulations of `steps` m64n8k16 instructions each, all values as bits.
struct WgmmaChains {
  int chains = 0;
  int steps = 0;
  std::vector<uint16_t> a;  // [chains][steps][64][16] fp16
  std::vector<uint16_t> b;  // [chains][steps][8][16] fp16
  std::vector<float> d;     // [chains][64][8], the accumulators before and, after run(), behind all steps

  void run();  // on the current device; throws cuda::Error
};

}  // namespace nvfp4bench::test
