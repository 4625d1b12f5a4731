// The token tile sizes that the kernels are compiled for, listed once for the host and the device.
#pragma once

/// Calls `use` with every size, in the order in which a block runs its tiles: descending. Every one costs
/// compile time in every kernel.
#define NVFP4BENCH_TOKEN_SIZES(use)                                                                       \
  use(200) use(176) use(160) use(144) use(128) use(120) use(112) use(104) use(96) use(88) use(80) use(72) \
      use(64) use(56) use(48) use(40) use(32) use(24) use(16) use(8)

/// Calls `use` with every size and `other`. The same list under another name, since a macro cannot be used
/// within itself.
#define NVFP4BENCH_TOKEN_SIZES_WITH(use, other)                                                     \
  use(200, other) use(176, other) use(160, other) use(144, other) use(128, other) use(120, other)   \
      use(112, other) use(104, other) use(96, other) use(88, other) use(80, other) use(72, other)   \
          use(64, other) use(56, other) use(48, other) use(40, other) use(32, other) use(24, other) \
              use(16, other) use(8, other)
