#!/usr/bin/env python3
"""Checks that #include lines keep to the layers: a folder includes only what stands to its right.

    cli  config  bench  report  validate  data  text  nvfp4  cuda  model

Only cli and bench see kernels/; kernels/ sees model, nvfp4 and cuda. Prints every offence, exits 1 if there is one.
"""
import pathlib
import re
import sys

LAYERS = ["cli", "config", "bench", "report", "validate", "data", "text", "nvfp4", "cuda", "model"]
SEE_KERNELS = {"cli", "bench"}
KERNELS_SEE = {"model", "nvfp4", "cuda", "kernels"}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"/]+)/')


def allowed(folder: str) -> set[str]:
    if folder == "kernels":
        return KERNELS_SEE
    right = set(LAYERS[LAYERS.index(folder):])
    return right | {"kernels"} if folder in SEE_KERNELS else right


def main() -> int:
    root = pathlib.Path(__file__).resolve().parent.parent
    offences = 0
    files = [p for top in ("src", "kernels") for p in sorted((root / top).rglob("*")) if p.is_file()]
    for path in files:
        parts = path.relative_to(root).parts
        folder = "kernels" if parts[0] == "kernels" else parts[1]
        if folder not in LAYERS and folder != "kernels":
            continue  # src/main.cpp
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if found and found[1] not in allowed(folder):
                print(f"{path.relative_to(root)}:{number}: {folder}/ must not include {found[1]}/")
                offences += 1
    print(f"layers: {len(files)} files, {offences} offences")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
