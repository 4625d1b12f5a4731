// The sm90 kernels as the host sees them: what to fuse, and two launches.
#pragma once

#include <cstdint>

#include "kernels/sm90/arguments.hpp"

struct CUstream_st;

namespace nvfp4bench::kernels::sm90 {

enum class Fusion {
  /// One product: both weight blocks of a stage are rows of b1, 256 a tile.
  none,
  /// One weight block a stage; the loop over k runs for b1, then again for b2.
  sequential,
  /// The weight blocks are the same rows of b1 and b2: each token panel feeds both.
  interleaved,
};

/// Weight blocks of a stage, passes over k, and weight rows of a tile.
constexpr uint32_t blocks_of(Fusion fusion) { return fusion == Fusion::sequential ? 1 : 2; }
constexpr uint32_t passes_of(Fusion fusion) { return fusion == Fusion::sequential ? 2 : 1; }
/// Tokens of the largest tile: two epilogues leave one register too few for kMaxTokens.
constexpr uint32_t max_tokens_of(Fusion fusion) { return fusion == Fusion::none ? 160 : kMaxTokens; }
constexpr uint32_t tile_rows_of(Fusion fusion) {
  return fusion == Fusion::none ? 2 * kBlockRows : kBlockRows;
}

/// The pre-pass (tokens.cu), over `products` rows of `blocks` blocks.
void launch_expand_tokens(const Arguments& arguments, uint32_t products, uint32_t blocks,
                          CUstream_st* stream);

/// The main kernel. With `overlap`, it may start before the kernel ahead of it in the stream has ended, and
/// waits for that one's writes by itself. One source file an instance (gemm.cu, fused_sequential.cu, ...).
template <Fusion kFusion>
void launch_grouped_gemm(const Arguments& arguments, uint32_t blocks, bool overlap, CUstream_st* stream);

}  // namespace nvfp4bench::kernels::sm90
