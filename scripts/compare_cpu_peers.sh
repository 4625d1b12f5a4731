#!/bin/sh
# Times the CPU variants beside OpenBLAS sgemm, in one process: median, range, and ratios round by round.
# Needs OpenBLAS, its OpenMP build, so that both use the same threads (Debian: libopenblas-openmp-dev).
#
#   scripts/compare_cpu_peers.sh [threads [rounds]]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
build=${NVFP4BENCH_PEERS_BUILD:-$root/build-peers}
cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release -DNVFP4BENCH_PEERS=ON -DNVFP4BENCH_TESTS=OFF >&2
cmake --build "$build" --target cpu_peers >&2
exec "$build/kernels/cpu_peers" "$@"
