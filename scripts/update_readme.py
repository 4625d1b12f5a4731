#!/usr/bin/env python3
"""Rewrites the marked blocks of a Markdown file from other files, so that none of their numbers is ever typed.

    update_readme.py README NAME=FILE...

A block is what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`. A .md file is inserted as it is, any
other as a code block. Every marker named must exist exactly once.
"""
import pathlib
import re
import sys


def block(path: pathlib.Path) -> str:
    text = path.read_text().strip("\n")
    return text if path.suffix == ".md" else f"```text\n{text}\n```"


def main(arguments: list[str]) -> int:
    if len(arguments) < 2 or any("=" not in a for a in arguments[1:]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    readme = pathlib.Path(arguments[0])
    text = readme.read_text()
    for argument in arguments[1:]:
        name, path = argument.split("=", 1)
        pattern = re.compile(rf"(<!-- {re.escape(name)}:begin -->\n).*?(<!-- {re.escape(name)}:end -->)", re.S)
        if len(pattern.findall(text)) != 1:
            print(f"update_readme: {readme} has no block '{name}', or several", file=sys.stderr)
            return 1
        content = block(pathlib.Path(path))
        text = pattern.sub(lambda m: m[1] + content + "\n" + m[2], text)
    readme.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
