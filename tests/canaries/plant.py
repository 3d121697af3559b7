#!/usr/bin/env python3
"""Writes a copy of src/ with one canary in it: plant.py KEY TO (TO/src/...)."""

from __future__ import annotations

import sys
from pathlib import Path

from canaries import CANARIES
from planting import ROOT, copy_sources, write_if_changed


def main() -> int:
    key, to = sys.argv[1], Path(sys.argv[2])
    canary = next((each for each in CANARIES if each.key == key), None)
    if canary is None:
        print(f"canaries: no canary '{key}'; there are: {', '.join(each.key for each in CANARIES)}", file=sys.stderr)
        return 1
    text = (ROOT / "src" / canary.file).read_text()
    if text.count(canary.old) != 1:
        print(f"canaries: {key} cannot be planted: src/{canary.file} has changed", file=sys.stderr)
        return 1
    copy_sources(to / "src", except_for={canary.file})
    write_if_changed(to / "src" / canary.file, text.replace(canary.old, canary.new).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
