"""What another implementation of kernels/ptx/ must see stays behind it.

Elsewhere in kernels/ nobody launches; and device code (.cu, .cuh) has no inline assembler, no threadIdx and its like,
no word of CUDA C++ that starts with two underscores, and dereferences no pointer: `*p`, `p[i]` and `p->x` are offences
where p is declared as `T* p` in the same file or in a header of kernels/ that it includes, while `&p[i]` and `&p->x`,
addresses, are not. What a search of single lines cannot see: pointers without a `*` in their declaration (auto, members
of templates), references that were bound elsewhere, pointers that come from a call (`f()[i]`), and those that plain
functions of nvfp4/ are given and dereference.
"""
import pathlib
import re

CUDA_WORDS = re.compile(r"\b(asm|threadIdx|blockIdx|blockDim|gridDim|warpSize|atomic[A-Z]\w*|__\w+)\b")
# cuda_fp16.h's type and conversion, for a library that wants them.
CUDA_WORDS_ALLOWED = {"__half", "__float2half_rn"}
LAUNCHES = re.compile(r"<<<|\b(?:cudaLaunch\w+|cudaFuncSet\w+|cuLaunch\w+)")
POINTER = re.compile(r"[\w>]\*+ (?:const )?(\w+)\b( = nullptr;|;)?")
ADDRESS = r"((?<!&)&)?\b"
POINTEE_OF_CAST = re.compile(r"_cast<[^<>]*\*>\([^()]*\)(?:\[|->)")
STAR = re.compile(r"(?<![\w*/&>)])\*(?=[\w(])(?!\w*\)\()")


def code_of(line: str) -> str:
    """A line without its strings and its comment."""
    return re.sub(r"//.*", "", re.sub(r'"(?:[^"\\]|\\.)*"', '""', line))


def pointers_of(path: pathlib.Path, root: pathlib.Path, seen: set[pathlib.Path]) -> set[tuple[str, bool]]:
    """(name, is it a member) of pointers declared in a file of kernels/ and in what it includes from there."""
    if path in seen or not path.exists() or "ptx" in path.parts:
        return set()
    seen.add(path)
    text = path.read_text()
    lines = map(code_of, text.splitlines())
    names = {(name, bool(member)) for line in lines for name, member in POINTER.findall(line)}
    for header in re.findall(r'#include "(kernels/[^"]+)"', text):
        names |= pointers_of(root / header, root, seen)
    return names


def dereferences(pointers: set[tuple[str, bool]]) -> re.Pattern[str]:
    """Finds `p[` and `p->`; its group is there if an address is taken. A member may be reached as `a.b->p`."""
    members = "|".join(sorted(name for name, is_member in pointers if is_member)) or "(?!)"
    others = "|".join(sorted(name for name, is_member in pointers if not is_member)) or "(?!)"
    way = r"(?:\w+(?:\.|->))*"
    return re.compile(rf"{ADDRESS}(?:{way}(?:{members})|(?<![.>])(?:{others}))(?:\[|->)")


def behind_ptx(path: pathlib.Path, root: pathlib.Path):
    """(line number, what it must not do) of a file of kernels/ outside ptx/."""
    on_device = path.suffix in {".cu", ".cuh"}
    dereference = dereferences(pointers_of(path, root, set()))
    for number, line in enumerate(path.read_text().splitlines(), 1):
        code = code_of(line)
        if LAUNCHES.search(code):
            yield number, "launch"
        if not on_device:
            continue
        for word in CUDA_WORDS.findall(code):
            if word not in CUDA_WORDS_ALLOWED:
                yield number, f"use {word}"
        if STAR.search(code) or POINTEE_OF_CAST.search(code) or any(
                not found[1] for found in dereference.finditer(code)):
            yield number, "dereference a pointer"
