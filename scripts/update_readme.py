#!/usr/bin/env python3
"""Rewrites the marked blocks of README.md from files, so that no number in it is ever typed.

    update_readme.py NAME=FILE...

A block is what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`. A .md file is inserted as it is, any
other as a code block. Every marker named must exist exactly once.
"""
import pathlib
import re
import sys

README = pathlib.Path(__file__).resolve().parent.parent / "README.md"


def block(path: pathlib.Path) -> str:
    text = path.read_text().strip("\n")
    return text if path.suffix == ".md" else f"```text\n{text}\n```"


def main(arguments: list[str]) -> int:
    if not arguments or any("=" not in a for a in arguments):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    readme = README.read_text()
    for argument in arguments:
        name, path = argument.split("=", 1)
        pattern = re.compile(rf"(<!-- {re.escape(name)}:begin -->\n).*?(<!-- {re.escape(name)}:end -->)", re.S)
        if len(pattern.findall(readme)) != 1:
            print(f"update_readme: README.md has no block '{name}', or several", file=sys.stderr)
            return 1
        content = block(pathlib.Path(path))
        readme = pattern.sub(lambda m: m[1] + content + "\n" + m[2], readme)
    README.write_text(readme)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
