#!/usr/bin/env python3
"""The library's sources and headers as MSVC would see them, as far as that can be known without it.

Clang reads each file for the target x86_64-pc-windows-msvc, with Microsoft's extensions and without GNU's, and with
warnings in the place of those of /W4. Not seen: MSVC's own standard library and SDK, and warnings that only MSVC has.
One of these, C4324 (padding for the sake of `alignas`), is looked for in the text.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True  # leaves no __pycache__ in the source tree
from sources import ROOT, sources  # noqa: E402

HERE = Path(__file__).resolve().parent
FOLDERS = ("include", "src/core", "src/schedule", "src/win32", "src/c_api")
# /W4 /WX: conversions that lose (C4244, C4267, C4365), hidden names (C4456 to C4459), what is not used (C4100, C4189,
# C4505), what is not reached (C4702), what is not standard (C4200, C4201).
WARNINGS = ["-Werror", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wshorten-64-to-32",
            "-Wshadow-all", "-Wunreachable-code", "-Wgnu", "-Wunused-member-function"]
# Each must be found, or the check sees nothing.
PLANTED = {
    "a GNU extension": "int planted(int value) { return ({ value; }); }",
    "a size that is cut": "#include <cstddef>\nint planted(std::size_t size) { return int{} + size; }",
    "a long of 64 bits": "static_assert(sizeof(long) == 8);",
    "an attribute of GCC's": "#ifndef __GNUC__\n#error it takes the other branch\n#endif",
    "a name that is hidden": "struct planted { int value; void set(int value) { (void)value; } };",
    "an over-aligned type": "struct alignas(64) planted { char byte; };",
}
# The same in a header that is only looked through.
PLANTED_IN_A_HEADER = "struct alignas(64) planted {\n    char byte;\n};\n"


def include_folders(compiler: str, language: str) -> list[str]:
    """Where MinGW's compiler looks, but for its own intrinsics, which are not Clang's."""
    run = subprocess.run([compiler, "-E", "-x", language, "-v", os.devnull], stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, text=True, check=True)
    listed = run.stderr.split("search starts here:")[-1].split("End of search list")[0]
    found = [str(Path(line).resolve()) for line in listed.split()]
    return [path for path in found if not re.search(r"lib/gcc/[^/]+/[^/]+/include(-fixed)?$", path)]


class Reader:
    def __init__(self, options: argparse.Namespace, scratch: str):
        own = subprocess.run([options.clang, "-print-resource-dir"], stdout=subprocess.PIPE, text=True, check=True)
        self.clang = options.clang
        self.scratch = scratch
        self.folders = {}
        for language in ("c", "c++"):
            folders = include_folders(options.mingw_compiler, language)
            # Behind C++'s own, which hand on to those of the same name.
            place = sum(1 for path in folders if "c++" in path)
            folders.insert(place, own.stdout.strip() + "/include")
            self.folders[language] = folders
            # Read once: it is long.
            subprocess.run([*self.command(language), "-x", f"{language}-header", str(HERE / "msvc_environment.hpp"),
                            "-o", self.environment(language)], check=True)

    def environment(self, language: str) -> str:
        return f"{self.scratch}/{language}.pch"

    def command(self, language: str) -> list[str]:
        standard = "-std=c++20" if language == "c++" else "-std=c11"
        system = [part for folder in self.folders[language] for part in ("-isystem", folder)]
        exceptions = ["-fno-exceptions", "-fno-rtti"] if language == "c++" else []
        return [self.clang, standard, "--target=x86_64-pc-windows-msvc",
                "-fms-extensions", "-fms-compatibility", "-fms-compatibility-version=19.38", "-fgnuc-version=12.2",
                "-nostdinc", *system, "-D_WIN32_WINNT=0x0A00", *exceptions, *WARNINGS, "-I", str(ROOT / "include"),
                "-I", str(ROOT / "src")]

    def read(self, path: Path, language: str, *more: str) -> str:
        """What is wrong with it; empty if nothing."""
        done = subprocess.run([*self.command(language), *more, "-fsyntax-only", "-include-pch",
                               self.environment(language), "-x", language, str(path)], stderr=subprocess.PIPE, text=True)
        return padding_in(path.read_text(), path) + (done.stderr if done.returncode else "")


def padding_in(text: str, path: Path) -> str:
    """Where a type may be padded. A variable of a namespace may be aligned: it begins its line, by our style; and
    something may be aligned as a pointer, or as a type is anyhow. Who says so to MSVC may pad."""
    if "#pragma warning(disable : 4324)" in text:
        return ""
    return "".join(f"{path}:{number}: alignas: C4324 where the type is padded for it\n"
                   for number, line in enumerate(text.splitlines(), 1)
                   if re.search(r"\S.*\balignas\b|^\s+alignas\b", re.sub(r"alignas\((void\*|[a-z_]+)\)", "",
                                                                        line.split("//")[0])))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clang", default="clang")
    parser.add_argument("--mingw-compiler", default="x86_64-w64-mingw32-g++-posix")
    options = parser.parse_args()

    tasks = []
    padded = []
    for path in sources(".cpp", ".h", ".hpp"):
        if not path.relative_to(ROOT).as_posix().startswith(tuple(f"{folder}/" for folder in FOLDERS)):
            continue
        if path.suffix == ".hpp":
            padded.append(padding_in(path.read_text(), path))
            if path.is_relative_to(ROOT / "include"):  # as the programs of users see it
                tasks.append((path, "c++", "-Wno-pragma-once-outside-header", "-Wno-unused-member-function"))
        elif path.suffix == ".h":  # of all generations, and for C programs too
            # Read as a program, it does not use its own inline functions.
            tasks += [(path, language, "-Wno-unused-function", f"-DASYNC_SOCKET_API_VERSION={generation}")
                      for language in ("c", "c++") for generation in (1, 2, 3)]
        else:
            tasks.append((path, "c++"))
    with tempfile.TemporaryDirectory() as scratch:
        reader = Reader(options, scratch)
        planted = []
        for index, text in enumerate(PLANTED.values()):
            planted.append((Path(scratch) / f"planted{index}.cpp", "c++"))
            planted[-1][0].write_text(text + "\n")
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            found = list(threads.map(lambda task: reader.read(*task), tasks))
            caught = list(threads.map(lambda task: reader.read(*task), planted))
    found += padded
    for text in sorted({text for text in found if text}):
        print(text)
    if not padding_in(PLANTED_IN_A_HEADER, Path("planted.hpp")):
        print("planted and not found: an over-aligned type in a header")
        return 1
    for what, text in zip(PLANTED, caught):
        if not text:
            print(f"planted and not found: {what}")
    wrong = sum(1 for text in found if text)
    print(f"{len(tasks)} readings, {wrong} with findings; {sum(map(bool, caught))} of {len(caught)} planted found")
    return 1 if wrong or not all(caught) or len(tasks) < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
