#!/usr/bin/env python3
"""Writes a Markdown table of GPU results: problems as rows, variants as columns.

    results_table.py RESULT.json > table.md
    results_table.py --short N RESULT.json > table.md     the first N problems, the fused kernel beside two_pass and peers

Times are medians in microseconds: of a single call by the method that results are compared by (a cold L2, launched as a
CUDA graph), as in every report; and after the slash, where measured, of a call among many over rotating copies of the
operands. A variant that did not pass shows its status. The last columns take the rotated times, and relate
sm90/fused_interleaved to the fastest cuBLASLt variant of the same run and to the speed of light, by the ceilings
measured in that run and by the device's datasheet.
"""
import json
import sys

SCHEMA_VERSION = 3
OURS = "sm90/fused_interleaved"
PEER_TARGET = "cublaslt"
METHODS = {
    "cold_wall": "with cold caches",
    "cold_graph": "with a cold L2, launched as a CUDA graph",
    "cold_stream": "with a cold L2, launched in a stream",
}


def rotated_s(variant: dict) -> float | None:
    return next((s["value"] for s in variant["summaries"] if s["tag"] == "time/rotated_graph"), None)


def serving_time_s(variant: dict) -> float:
    return rotated_s(variant) or variant["timing"]["time_s_median"]


def cell(variant: dict | None) -> str:
    if variant is None:
        return "–"
    if not variant["timing"]:
        return variant["status"]
    times = [variant["timing"]["time_s_median"], rotated_s(variant)]
    return " / ".join(f"{time * 1e6:.1f}" for time in times if time is not None)


def speed_of_light(work: dict, peak: dict) -> float:
    return max(work["bytes"] / peak["bytes_per_s"], work["flops"] / peak["flops_per_s"])


def share(time_s: float, work: dict, peak: dict | None) -> str:
    return f"{100 * speed_of_light(work, peak) / time_s:.0f} %" if peak else "–"


def row(problem: dict, names: list[str], measured: dict | None, datasheet: dict | None) -> list[str]:
    by_name = {v["variant"]: v for v in problem["variants"]}
    cells = [problem["problem"]["name"]] + [cell(by_name.get(name)) for name in names]
    times = {name: serving_time_s(v) for name, v in by_name.items() if v["timing"] and v["on_gpu"]}
    ours = times.get(OURS)
    if ours is None:
        return cells + ["–", "–", "–"]
    peers = [time for name, time in times.items() if by_name[name]["target"] == PEER_TARGET]
    ratio = f"{min(peers) / ours:.2f}x" if peers else "–"
    return cells + [ratio, share(ours, problem["work"], measured), share(ours, problem["work"], datasheet)]


SHORT = ["sm90/two_pass", OURS, "cublaslt/stacked"]


def main(arguments: list[str]) -> int:
    count = None
    if len(arguments) == 3 and arguments[0] == "--short" and arguments[1].isdigit():
        count = int(arguments[1])
        del arguments[:2]
    if len(arguments) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    with open(arguments[0], encoding="utf-8") as file:
        run = json.load(file)
    if run["schema_version"] != SCHEMA_VERSION:
        print(f"results_table: {arguments[0]}: expected schema_version {SCHEMA_VERSION}", file=sys.stderr)
        return 1
    gpu = run["gpu"]
    if gpu is None:
        print(f"results_table: {arguments[0]} has no GPU", file=sys.stderr)
        return 1
    variants = [v for problem in run["problems"] for v in problem["variants"]]
    names = SHORT if count else list(dict.fromkeys(v["variant"] for v in variants if v["on_gpu"]))
    measured = gpu["ceilings"]
    datasheet = next((d for d in run["devices"] if d["name"] in gpu["name"]), None)

    header = ["problem"] + names + ["vs best peer", "of measured roofline", "of datasheet"]
    rows = [row(problem, names, measured, datasheet) for problem in run["problems"][:count]]
    methods = sorted({METHODS.get(v["method"], v["method"]) for v in variants if v["on_gpu"] and v["method"]})
    print(f"{gpu['name']}, {run['metadata']['started_at'][:10]}: one call {' or '.join(methods)} / one of many with "
          "operands rotated; medians in us.\n")
    print("| " + " | ".join(header) + " |")
    print("|---" + "|---:" * (len(header) - 1) + "|")
    for cells in rows:
        print("| " + " | ".join(cells) + " |")
    if measured and not count:
        print(f"\nMeasured ceilings: {measured['bytes_per_s'] / 1e12:.2f} TB/s, "
              f"{measured['flops_per_s'] / 1e12:.0f} TFLOP/s.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
