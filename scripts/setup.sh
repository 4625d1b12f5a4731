#!/usr/bin/env bash
# Installs what is missing (Debian and Ubuntu packages), then builds into build/. Safe to run again.
# Elsewhere: CMake >= 3.25, a C++20 compiler with OpenMP and Ninja are needed; CMake fetches the libraries.
#   scripts/setup.sh [PRESET]        a configure preset of CMakePresets.json, "release" by default
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}

scripts/install_packages.sh cmake ninja-build g++ git libcli11-dev libfmt-dev nlohmann-json3-dev catch2 \
  python3 python3-jsonschema
cmake --preset "$preset"
cmake --build --preset "$preset"
