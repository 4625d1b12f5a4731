#!/usr/bin/env python3
"""Validates JSON files against a JSON Schema.

usage: check_schemas.py SCHEMA FILE...

Prints one line for every violation: file, JSON pointer, what is wrong. Exit code 0 if every file is valid, 1 if
one is not, 2 if a file cannot be read.
"""
import json
import sys

from jsonschema.validators import validator_for


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        sys.exit(2)


def main():
    if len(sys.argv) < 3:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    schema = load(sys.argv[1])
    validator_class = validator_for(schema)
    validator_class.check_schema(schema)
    validator = validator_class(schema)

    valid = True
    for path in sys.argv[2:]:
        for error in validator.iter_errors(load(path)):
            valid = False
            pointer = "".join(f"/{step}" for step in error.absolute_path)
            print(f"{path}: {pointer}: {error.message}")
    return 0 if valid else 1


if __name__ == "__main__":
    sys.exit(main())
