#!/usr/bin/env python3
"""Checks that #include lines keep to the layers: a folder includes what its row names, and what those
include; and that kernels do what belongs to kernels/ptx/ nowhere else (ptx_boundary.py).

Prints every offence, exits 1 if there is one.
"""
import pathlib
import re
import sys

from ptx_boundary import behind_ptx

LAYERS = {
    "cli": "config bench report record",
    "config": "data",
    "bench": "place validate",
    "place": "data cuda kernels",
    "report": "model",
    "record": "validate text",
    "validate": "data",
    "data": "nvfp4 text",
    "text": "model",
    "nvfp4": "model",
    "cuda": "model",
    "model": "",
    "kernels": "nvfp4 cuda",
}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"/]+)/')


def allowed(folder: str) -> set[str]:
    return {folder}.union(*(allowed(below) for below in LAYERS[folder].split()))


def main() -> int:
    root = pathlib.Path(__file__).resolve().parent.parent
    offences = 0
    files = [p for top in ("src", "kernels") for p in sorted((root / top).rglob("*")) if p.is_file()]
    for path in files:
        parts = path.relative_to(root).parts
        folder = "kernels" if parts[0] == "kernels" else parts[1]
        if len(parts) < 3 and folder != "kernels":
            continue  # src/main.cpp
        if folder not in LAYERS:
            print(f"{path.relative_to(root)}: {folder}/ is no layer")
            offences += 1
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if found and found[1] not in allowed(folder):
                print(f"{path.relative_to(root)}:{number}: {folder}/ must not include {found[1]}/")
                offences += 1
        if folder == "kernels" and parts[1] != "ptx" and path.suffix in {".cpp", ".hpp", ".cu", ".cuh"}:
            for number, offence in behind_ptx(path, root):
                print(f"{path.relative_to(root)}:{number}: must not {offence}: that is for kernels/ptx/")
                offences += 1
    print(f"layers: {len(files)} files, {offences} offences")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
