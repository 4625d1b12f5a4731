#!/usr/bin/env python3
"""Runs a CUDA compiler command and fails it when ptxas reports what must not ship.

A CMake compiler launcher: check_ptxas.py nvcc -Xptxas -v ... Spilled registers, and wgmma that ptxas serialised
(C7510, C7512 to C7514), cost a kernel most of its speed without a word from the compiler's exit code. Reports of
kernels that are in order are left out; everything else that the compiler says passes through.
"""
import os
import re
import subprocess
import sys

SPILL = re.compile(r"(\d+) bytes spill stores, (\d+) bytes spill loads")
SERIALISED = re.compile(r"C751[0234]")
IN_ORDER = re.compile(r"^ptxas info|^\s+\d+ bytes stack frame")


def offends(line: str) -> bool:
    spill = SPILL.search(line)
    return bool(SERIALISED.search(line)) or (spill is not None and (spill[1] != "0" or spill[2] != "0"))


def main(command: list[str]) -> int:
    run = subprocess.run(command, stderr=subprocess.PIPE, text=True, errors="replace")
    lines = run.stderr.splitlines()
    offences = [line for line in lines if offends(line)]
    # The line above a spill names the kernel, so everything is shown once anything is wrong.
    shown = lines if offences else [line for line in lines if not IN_ORDER.match(line)]
    for line in shown:
        print(line, file=sys.stderr)
    if run.returncode != 0 or not offences:
        return run.returncode
    print("check_ptxas: refused for spilled registers or serialised wgmma:", file=sys.stderr)
    for line in offences:
        print(f"  {line.strip()}", file=sys.stderr)
    if "-o" in command[:-1]:  # an object left behind would look built
        output = command[command.index("-o") + 1]
        if os.path.exists(output):
            os.remove(output)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
