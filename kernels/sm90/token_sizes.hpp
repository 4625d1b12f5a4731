// The token tile sizes that the kernels are compiled for, listed once for the host and the device.
#pragma once

/// Calls `use` with every size, in the order in which a block runs its tiles: descending. Every one costs
/// compile time in every kernel.
#define NVFP4BENCH_TOKEN_SIZES(use)                                                                      \
  use(176) use(160) use(144) use(128) use(120) use(112) use(104) use(96) use(88) use(80) use(72) use(64) \
      use(56) use(48) use(40) use(32) use(24) use(16) use(8)
