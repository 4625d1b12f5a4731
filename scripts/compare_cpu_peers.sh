#!/usr/bin/env bash
# Times the CPU variants beside OpenBLAS sgemm, in one process: median, fastest, and ratios round by round, as
# Markdown. Installs OpenBLAS where it is missing (Debian and Ubuntu): its OpenMP build, so that both use the same
# threads.
#
#   scripts/compare_cpu_peers.sh [--markdown FILE] [threads [rounds]]
set -euo pipefail
usage() { echo "usage: compare_cpu_peers.sh [--markdown FILE] [threads [rounds]]" >&2; exit 2; }
root=$(cd "$(dirname "$0")/.." && pwd)
build=${NVFP4BENCH_PEERS_BUILD:-$root/build-peers}

markdown=
if [[ ${1:-} == --markdown ]]; then
  [[ -n ${2:-} ]] || usage
  markdown=$2
  : >>"$markdown"  # a file that cannot be written is said before the work, not after it
  shift 2
fi
(($# <= 2)) && [[ ${1:-1} =~ ^[1-9][0-9]*$ && ${2:-1} =~ ^[1-9][0-9]*$ ]] || usage

command -v cmake >/dev/null || "$root/scripts/setup.sh" >&2
if command -v dpkg-query >/dev/null; then
  package=libopenblas-openmp-dev
  if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
    echo "compare_cpu_peers: installing $package" >&2
    sudo=()
    if ((EUID != 0)); then sudo=(sudo); fi
    "${sudo[@]}" apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "$package" >&2
  fi
fi

cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release -DNVFP4BENCH_PEERS=ON -DNVFP4BENCH_TESTS=OFF \
  -DNVFP4BENCH_CUDA=OFF >&2
cmake --build "$build" --target cpu_peers --parallel >&2

report() {
  if [[ -r /proc/cpuinfo ]]; then sed -n 's/^model name[^:]*: \(.*\)/\1;/p;T;q' /proc/cpuinfo; fi
  "$build/kernels/cpu_peers" "$@"
}
if [[ -n $markdown ]]; then
  text=$(report "$@")
  printf '%s\n' "$text" | tee "$markdown"
else
  report "$@"
fi
