// The division of a block's shared memory, as addresses.
#pragma once

#include "kernels/parts/ring.cuh"
#include "kernels/sm90/plan/layout.hpp"

namespace nvfp4bench::kernels::sm90 {

struct Storage {
  ptx::SharedAddress codes;
  ptx::SharedAddress tokens;
  ptx::SharedAddress scales;
  ptx::SharedAddress patches;
  ptx::SharedAddress expanded;  // mbarrier: this block's share of the tokens is expanded
  parts::Ring weight_ring;
  parts::Ring token_ring;
};

NVFP4BENCH_DEVICE Storage lay_out(const SharedPlan& plan) {
  const ptx::SharedAddress base = ptx::dynamic_shared(1024);
  const ptx::SharedAddress barriers = base + plan.barriers;
  const ptx::SharedAddress token_barriers = barriers + 2 * kMaxWeightStages * ptx::kBarrierBytes;
  return {
      .codes = base,
      .tokens = base + plan.tokens,
      .scales = base + plan.scales,
      .patches = base + plan.patches,
      .expanded = token_barriers + 2 * kMaxTokenSlots * ptx::kBarrierBytes,
      .weight_ring = {.full = barriers,
                      .empty = barriers + kMaxWeightStages * ptx::kBarrierBytes,
                      .slots = plan.weight_stages},
      .token_ring = {.full = token_barriers,
                     .empty = token_barriers + kMaxTokenSlots * ptx::kBarrierBytes,
                     .slots = plan.token_slots},
  };
}

}  // namespace nvfp4bench::kernels::sm90
