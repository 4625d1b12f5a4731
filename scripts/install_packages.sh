#!/usr/bin/env bash
# Installs those of the named Debian packages that are missing; does nothing on other systems.
#   scripts/install_packages.sh PACKAGE...
set -euo pipefail
command -v dpkg-query >/dev/null || exit 0
missing=()
for package in "$@"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
((${#missing[@]})) || exit 0
echo "installing ${missing[*]}"
sudo=()
if ((EUID != 0)); then sudo=(sudo); fi
"${sudo[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
