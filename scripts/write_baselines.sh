#!/usr/bin/env bash
# Writes the tables and stories of configs/baselines/README.md, and the short table of README.md, from the results in
# configs/baselines/. The two reports in README.md are outputs that scripts/update_readme.py put there.
# New results:
#   nvfp4bench --config ... --json configs/baselines/h200/results.json --markdown configs/baselines/h200/results.md
#   scripts/compare_cpu_peers.sh --markdown configs/baselines/cpu/peers.md
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
results=configs/baselines/h200

scripts/results_table.py "$results/results.json" >"$out/table.md"
scripts/results_table.py --short 5 "$results/results.json" >"$out/short.md"
# The paragraphs under a problem's table in the report.
for problem in g8_k7168 dual_m256_n4096_k7168 decode_g8; do
  printf '**%s**\n\n' "$problem"
  sed -n "/^## $problem\$/,/^## /p" "$results/results.md" |
    sed '1,/^| `/d; /^|/d; /^## /d; /^[0-9]* passed/d' | cat -s | sed '1{/^$/d}'
done >"$out/stories.md"
scripts/update_readme.py configs/baselines/README.md \
  h200="$out/table.md" h200_stories="$out/stories.md" cpu=configs/baselines/cpu/peers.md
scripts/update_readme.py README.md results="$out/short.md"
