#!/usr/bin/env python3
"""Plants one known bug at a time into the library (ASYNC_SOCKET_CANARY) and asks the suite to find it.

A suite that finds nothing proves something only if it would find a bug that is there. All canaries must be
found, and the library as it is must pass.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from canaries import CANARIES
from suite import Suite


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path, help="folder for the builds")
    parser.add_argument("--only", nargs="+", choices=[each.key for each in CANARIES])
    arguments = parser.parse_args()

    canaries = [each for each in CANARIES if arguments.only is None or each.key in arguments.only]
    presets = sorted({each.preset for each in canaries})
    suites = {preset: Suite(arguments.build / preset, preset) for preset in presets}
    for preset, suite in suites.items():
        if not suite.configure("-DASYNC_SOCKET_CANARY=") or not suite.build_all():
            return 1
        if (found_by := suite.measure()) is not None:
            print(f"canaries: the library as it is does not pass {found_by} ({preset})")
            return 1
    found = 0
    for canary in canaries:
        suite = suites[canary.preset]
        can_be_planted = suite.configure(f"-DASYNC_SOCKET_CANARY={canary.key}")
        verdict = suite.build_and_find() if can_be_planted else "cannot be planted"
        found += verdict is not None and verdict.startswith("found by")
        print(f"{canary.key}: {canary.bug}: {verdict or 'NOT FOUND'}", flush=True)
    print(f"canaries: {found} of {len(canaries)} found")
    return 0 if found == len(canaries) else 1


if __name__ == "__main__":
    sys.exit(main())
