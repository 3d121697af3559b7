#!/usr/bin/env python3
"""Builds a C program with what pkg-config says about the installed library, and runs it."""

from __future__ import annotations

import argparse
import os
import subprocess
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prefix", type=Path, required=True, help="where the library is installed")
    parser.add_argument("--pkg-config", required=True)
    parser.add_argument("--c", required=True, help="the C compiler")
    parser.add_argument("--source", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--emulator", nargs="*", default=[], help="what runs the program")
    options = parser.parse_args()

    # Only the package under test can be found, and its paths are not taken for the system's.
    environment = dict(os.environ, PKG_CONFIG_LIBDIR=str(options.prefix / "lib" / "pkgconfig"))
    flags = subprocess.run(
        [options.pkg_config, "--static", "--cflags", "--libs", "async_socket"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.split()
    for flag in flags:
        if flag.startswith(("-I", "-L")) and not Path(flag[2:]).resolve().is_relative_to(options.prefix.resolve()):
            raise SystemExit(f"{flag} does not lie in {options.prefix}")

    # -static, because -lasync_socket alone would prefer the import library of the DLL.
    subprocess.run([options.c, "-static", "-o", options.program, options.source, *flags], check=True)
    subprocess.run([*options.emulator, options.program], check=True)


if __name__ == "__main__":
    main()
