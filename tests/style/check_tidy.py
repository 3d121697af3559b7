#!/usr/bin/env python3
"""Runs clang-tidy on what has changed, and with --all on everything.

A check of everything takes longer than all tests together, and so may one of all that includes a changed header. What has
changed differs from the main branch (from the last commit but one, on the main branch itself). Of those files at most
four are looked at, the product's first, and of the sources that include a changed header the first. One file of the
product for each platform is checked in any case: a clang-tidy that does not work, or a flag that it refuses, cannot pass
because nothing has changed. Headers that the
build system includes by an option are not followed.

Each file is checked once, the way the first of the given builds compiles it. Where that build uses
mingw-w64's GCC, Clang is told to compile for the same target with the same C++ library.

What passed is remembered for the user, as by a compiler cache: a file that is made of the same texts, asked the same by
the same clang-tidy, is not asked again.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True  # leaves no __pycache__ in the source tree
from sources import ROOT, sources  # noqa: E402

MINGW = "x86_64-w64-mingw32"
IN_ANY_CASE = [ROOT / "src" / "core" / "life" / "lifecycle.cpp", ROOT / "src" / "linux" / "system" / "error.cpp"]
MOST = 4
# GCC's flags that Clang does not know are no finding.
TOLERANCE = [
    "-Wno-unknown-warning-option",
    "-Wno-unused-command-line-argument",
    "-Wno-ignored-optimization-argument",
]
# Those that it refuses.
ONLY_GCC = {"-fno-gnu-unique"}
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])(.+?)[>"]', re.MULTILINE)
PRECOMPILED = re.compile(r"-Winvalid-pch|-include \S*/cmake_pch\.hxx")


def library_folders(compiler: str) -> list[str]:
    """Where a GCC has its C++ library; Clang does not find Debian's mingw-w64 one by itself."""
    said = subprocess.run([compiler, "-E", "-v", "-x", "c++", os.devnull], capture_output=True, text=True, check=True)
    return [line.strip() for line in said.stderr.splitlines() if re.fullmatch(r" /\S*/c\+\+(/\S+)?", line)]


def for_clang(command: str) -> list[str]:
    # GCC's precompiled headers are not for Clang; each file includes what it uses by itself.
    compiler, *arguments = shlex.split(PRECOMPILED.sub("", command))
    is_cxx = "++" in Path(compiler).name
    clang = ["clang++" if is_cxx else "clang"]
    if Path(compiler).name.startswith(MINGW):
        clang.append(f"--target={MINGW}")
        if is_cxx:
            clang.append("-nostdinc++")
            clang += [part for folder in library_folders(compiler) for part in ("-isystem", folder)]
    return clang + TOLERANCE + [argument for argument in arguments if argument not in ONLY_GCC]


def parts(entry: dict[str, str]) -> list[Path]:
    """The source files of a compilation: of CMake's unity builds, those that it puts together."""
    path = Path(entry["file"]).resolve()
    if not path.name.startswith("unity_"):
        return [path]
    included = re.findall(r'^#include "(.*)"', path.read_text(encoding="utf-8"), re.MULTILINE)
    return [Path(each).resolve() for each in included]


def commands(builds: list[Path]) -> list[dict[str, object]]:
    """A compile database with one entry for each source file."""
    compiled: dict[Path, dict[str, str]] = {}
    for build in builds:
        for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
            for path in parts(entry):
                command = entry["command"].replace(entry["file"], str(path))
                compiled.setdefault(path, {**entry, "file": str(path), "command": command})
    database = []
    for path in sources(".c", ".cpp"):
        if path not in compiled and ROOT / "bench" in path.parents:
            continue  # compiled, and so checked, only where ASYNC_SOCKET_BUILD_BENCH is on
        if path in compiled:
            folder, arguments = compiled[path]["directory"], for_clang(compiled[path]["command"])
        else:
            # Compiled by a test and not by a build: a user's program.
            compiler = f"{MINGW}-{'gcc' if path.suffix == '.c' else 'g++'}-posix"
            standard = "c11" if path.suffix == ".c" else "c++20"
            folder = str(path.parent)
            arguments = for_clang(f"{compiler} -D_WIN32_WINNT=0x0A00 -std={standard} -I{ROOT / 'include'} -c {path}")
        database.append({"directory": folder, "file": str(path), "arguments": arguments})
    return database


def git(*arguments: str) -> str:
    done = subprocess.run(["git", "-c", f"safe.directory={ROOT}", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def changed() -> set[Path]:
    """Nothing if there is nothing to compare with, as in a clone of one commit."""
    head = git("rev-parse", "HEAD")
    base = git("merge-base", "HEAD", "origin/main")
    if base in ("", head):
        base = git("rev-parse", "--quiet", "--verify", "HEAD~1")
    if not base:
        return set()
    names = git("diff", "--name-only", base).splitlines() + git("ls-files", "--others", "--exclude-standard").splitlines()
    return {ROOT / name for name in names}


def search_path(entry: dict[str, object]) -> list[Path]:
    """The project's folders that a compilation looks for headers in."""
    arguments = list(entry["arguments"])
    found = [argument[2:] for argument in arguments if argument.startswith("-I")]
    found += [value for option, value in zip(arguments, arguments[1:]) if option == "-isystem"]
    folders = (Path(str(entry["directory"]), each).resolve() for each in found if each)
    return [folder for folder in folders if folder.is_relative_to(ROOT)]


@functools.cache
def includes(path: Path) -> list[tuple[str, str]]:
    return INCLUDE.findall(path.read_text(encoding="utf-8"))


def included(entry: dict[str, object]) -> set[Path]:
    """The project's files that a source is made of: itself and what it includes, directly or not."""
    folders = search_path(entry)
    found: set[Path] = set()
    waiting = [Path(str(entry["file"]))]
    while waiting:
        path = waiting.pop().resolve()
        if path in found or not path.is_relative_to(ROOT):
            continue
        found.add(path)
        for mark, name in includes(path):
            candidates = ([path.parent] if mark == '"' else []) + folders
            waiting += [candidate for folder in candidates if (candidate := folder / name).is_file()][:1]
    return found


def chosen(database: list[dict[str, object]]) -> tuple[list[dict[str, object]], str]:
    """What to check, and why that."""
    touched = changed()
    made_of = {str(entry["file"]): included(entry) for entry in database}
    wanted = [entry for entry in database if Path(str(entry["file"])) in touched]
    for header in sorted(path for path in touched if path.suffix in (".h", ".hpp")):
        if not any(header in made_of[str(entry["file"])] for entry in wanted):
            wanted += [entry for entry in database if header in made_of[str(entry["file"])]][:1]
    found = len(wanted)
    wanted.sort(key=lambda entry: not Path(str(entry["file"])).is_relative_to(ROOT / "src"))
    in_any_case = [entry for entry in database if Path(str(entry["file"])) in IN_ANY_CASE]
    wanted = in_any_case + [entry for entry in wanted if entry not in in_any_case]
    names = " and ".join(str(path.relative_to(ROOT)) for path in IN_ANY_CASE)
    why = f"of {found} that have changed, or include what has, and {names} in any case"
    return wanted[: MOST + len(IN_ANY_CASE)], why


class Passed:
    """The files that passed, each under the sum of all that its verdict depends on."""

    def __init__(self, clang_tidy: str) -> None:
        said = subprocess.run([clang_tidy, "--version"], capture_output=True, text=True, check=True).stdout
        self.asked = said + (ROOT / ".clang-tidy").read_text(encoding="utf-8")
        cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        self.folder = Path(cache, "async_socket", "tidy")
        self.folder.mkdir(parents=True, exist_ok=True)

    def mark(self, entry: dict[str, object]) -> Path | None:
        """The file that says that the entry passed, there or not; none for what the compiler cannot read."""
        arguments = [str(each) for each in entry["arguments"]]
        listed = subprocess.run(
            [*without_output(arguments), "-M", "-MT", "it"], cwd=str(entry["directory"]), capture_output=True, text=True
        )
        if listed.returncode != 0:
            return None
        total = hashlib.sha256((self.asked + "\0".join(arguments)).replace(str(ROOT), "").encode())
        for name in listed.stdout.replace("\\\n", " ").removeprefix("it:").split():
            path = Path(str(entry["directory"]), name)
            total.update(str(path.resolve()).removeprefix(str(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
        return self.folder / total.hexdigest()


def without_output(arguments: list[str]) -> list[str]:
    """A compilation without its results: the object and the list of what it depends on."""
    kept, waiting = [], iter(arguments)
    for argument in waiting:
        if argument in ("-o", "-MF", "-MT"):
            next(waiting)
        elif argument not in ("-c", "-MD", "-MMD"):
            kept.append(argument)
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clang-tidy", default="clang-tidy")
    parser.add_argument("--scratch", type=Path, required=True, help="folder for the compile database made here")
    parser.add_argument("--all", action="store_true", help="every file, those that have not changed too")
    parser.add_argument("builds", type=Path, nargs="+", help="configured builds, the preferred one first")
    options = parser.parse_args()

    database = commands(options.builds)
    options.scratch.mkdir(parents=True, exist_ok=True)
    (options.scratch / "compile_commands.json").write_text(json.dumps(database, indent=1), encoding="utf-8")

    checked, why = (database, "all, as asked") if options.all else chosen(database)
    print(f"{len(checked)} of {len(database)} files: {why}", flush=True)
    missing = set(IN_ANY_CASE) - {Path(str(entry["file"])) for entry in checked}
    if missing:
        print(f"not in the builds: {', '.join(str(path.relative_to(ROOT)) for path in missing)}")
        return 1

    passed = Passed(options.clang_tidy)

    def findings(entry: dict[str, object]) -> str:
        mark = passed.mark(entry)
        if mark is not None and mark.exists():
            return ""
        command = [options.clang_tidy, "--quiet", "-p", str(options.scratch), str(entry["file"])]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode == 0:
            if mark is not None:
                mark.touch()
            return ""
        return COLOUR.sub("", result.stdout) or f"{entry['file']}: {result.stderr}"

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        # A finding in a header comes once for each file that includes it; one is enough.
        found = dict.fromkeys(text for text in pool.map(findings, checked) if text)
    print("\n".join(found))
    print(f"{len(checked)} of {len(database)} files, {len(found)} with findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
