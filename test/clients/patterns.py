"""Reads every pattern of the API document as Python's re and as RE2 do. Usage: patterns.py openapi.yaml"""

import re
import sys
from collections.abc import Iterator

import re2
from ruamel.yaml import YAML


def patterns(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for inner in node.values():
            yield from patterns(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from patterns(inner)


with open(sys.argv[1], encoding="utf-8") as file:
    found = set(patterns(YAML(typ="safe").load(file)))
assert len(found) > 5, found
for pattern in found:
    try:
        re.compile(pattern)
        re2.compile(pattern)
    except Exception as error:
        sys.exit(f"{pattern}: {error}")
