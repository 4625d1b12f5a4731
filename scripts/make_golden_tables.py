#!/usr/bin/env python3
"""Writes tests/nvfp4/golden/*.txt: what NumPy and ml_dtypes say the number formats are.

    pip install numpy ml_dtypes
    scripts/make_golden_tables.py

The tables are committed; run this again only to check or extend them. Its output does not change from run to run.

    e2m1_decode.txt, e4m3_decode.txt   the fp32 bits of every code, one a line
    f16_decode.txt, bf16_decode.txt    FNV-1a 64 of the fp32 bits (little endian, every NaN as 7fc00000) of each
                                       1024 codes in turn: 64 lines pin all 65,536 codes
    roundings.txt                      fp32 bits, then the f16, bf16, e4m3 and e2m1 codes they round to
"""

from pathlib import Path

import ml_dtypes
import numpy as np

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "nvfp4" / "golden"


def fnv1a(data: bytes) -> int:
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def write(name: str, lines: list[str]) -> None:
    GOLDEN.mkdir(parents=True, exist_ok=True)
    (GOLDEN / name).write_text("\n".join(lines) + "\n")


def fp32_bits(values: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return values.astype(np.float32).view(np.uint32)


def decode_narrow(name: str, dtype: type, codes: int) -> None:
    bits = fp32_bits(np.arange(codes, dtype=np.uint8).view(dtype))
    write(name, [f"{b:08x}" for b in bits])


def decode_16(name: str, dtype: type) -> None:
    bits = fp32_bits(np.arange(65536, dtype=np.uint16).view(dtype))
    bits = np.where(np.isnan(bits.view(np.float32)), np.uint32(0x7FC00000), bits).astype("<u4")
    write(name, [f"{fnv1a(part.tobytes()):016x}" for part in bits.reshape(64, 1024)])


def rounding_inputs() -> np.ndarray:
    """Random bits, values in the range of each format, and ties of each format with their neighbours."""
    random = np.random.Generator(np.random.Philox(2026))
    anything = random.integers(0, 2**32, 150, dtype=np.uint32).view(np.float32)
    moderate = (random.uniform(-1, 1, 150) * 2.0 ** random.integers(-12, 12, 150)).astype(np.float32)
    halfway = []
    for dtype, codes in (
        (np.float16, random.integers(0, 0x7C00, 40, dtype=np.uint16)),
        (ml_dtypes.bfloat16, random.integers(0, 0x7F00, 40, dtype=np.uint16)),
        (ml_dtypes.float8_e4m3fn, random.integers(0, 0x7E, 40, dtype=np.uint8)),
        (ml_dtypes.float4_e2m1fn, np.arange(7, dtype=np.uint8)),
    ):
        next_codes = (codes + 1).astype(codes.dtype)
        halfway.append((codes.view(dtype).astype(np.float64) + next_codes.view(dtype).astype(np.float64)) / 2)
    ties = np.concatenate(halfway).astype(np.float32)
    ties = np.concatenate([ties, -ties])
    special = np.array([0.0, -0.0, np.inf, -np.inf, 65519.99, 65520, 448, 464, 465, 6, 7], np.float32)
    below, above = np.nextafter(ties, np.float32(-np.inf)), np.nextafter(ties, np.float32(np.inf))
    inputs = np.concatenate([special, anything, moderate, below, ties, above])
    return inputs[~np.isnan(inputs)]


def roundings() -> None:
    x = rounding_inputs()
    with np.errstate(over="ignore"):
        f16 = x.astype(np.float16).view(np.uint16)
        bf16 = x.astype(ml_dtypes.bfloat16).view(np.uint16)
        # The formats saturate as NVFP4 uses them; ml_dtypes turns what E4M3 cannot hold into NaN.
        e4m3 = np.clip(np.abs(x), 0, 448).astype(ml_dtypes.float8_e4m3fn).view(np.uint8)
        e2m1 = np.clip(x, -6, 6).astype(ml_dtypes.float4_e2m1fn).view(np.uint8)
    rows = zip(x.view(np.uint32), f16, bf16, e4m3, e2m1)
    write("roundings.txt", [f"{b:08x} {h:04x} {s:04x} {e:02x} {q:x}" for b, h, s, e, q in rows])


if __name__ == "__main__":
    decode_narrow("e2m1_decode.txt", ml_dtypes.float4_e2m1fn, 16)
    decode_narrow("e4m3_decode.txt", ml_dtypes.float8_e4m3fn, 256)
    decode_16("f16_decode.txt", np.float16)
    decode_16("bf16_decode.txt", ml_dtypes.bfloat16)
    roundings()
