#!/usr/bin/env bash
# Installs what is missing (Debian and Ubuntu packages), then builds into build/. Safe to run again.
# Elsewhere: CMake >= 3.25, a C++20 compiler with OpenMP and Ninja are needed; CMake fetches the libraries.
#   scripts/setup.sh [PRESET]        a configure preset of CMakePresets.json, "release" by default
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}

packages=(cmake ninja-build g++ git libcli11-dev libfmt-dev nlohmann-json3-dev catch2 python3 python3-jsonschema)
if command -v dpkg-query >/dev/null; then
  missing=()
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  if ((${#missing[@]})); then
    echo "setup: installing ${missing[*]}"
    sudo=()
    if ((EUID != 0)); then sudo=(sudo); fi
    "${sudo[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
  fi
fi

cmake --preset "$preset"
cmake --build --preset "$preset"
