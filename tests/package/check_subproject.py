#!/usr/bin/env python3
"""The library inside another project: it is built alone, and nothing of that project's changes.

The project, consumer_subproject, has a folder `src` as the library has, and takes the library by add_subdirectory or by
FetchContent, as a static or as a shared one.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONSUMER = Path(__file__).resolve().parent / "consumer_subproject"
LIBRARY_FILE = re.compile(r"libasync_socket\.(a|dll|so(\.\d+)*)")
# What project() itself writes about every project, and FetchContent, which is the parent's own module.
UNAVOIDABLE = re.compile(r"async_socket_(BINARY_DIR|SOURCE_DIR|IS_TOP_LEVEL)|FETCHCONTENT_\w+")
# Of two builds of the same project.
DIFFERENT = {"HOW", "CMAKE_CACHEFILE_DIR", "CMAKE_FIND_PACKAGE_REDIRECTS_DIR", "CMAKE_NUMBER_OF_MAKEFILES", "consumer_BINARY_DIR"}
CACHE_ENTRY = re.compile(r"^([^#/:=\n][^:=\n]*):\w+=(.*)$", re.MULTILINE)


def run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True)


def require(condition: bool, text: str) -> None:
    if not condition:
        raise SystemExit(text)


class Build:
    def __init__(self, options: argparse.Namespace, name: str, how: str) -> None:
        self.folder = options.folder / name
        self.options = [f"-DCMAKE_TOOLCHAIN_FILE={options.toolchain}", f"-DHOW={how}", f"-DLIBRARY={ROOT}",
                        f"-DBUILD_SHARED_LIBS={'ON' if options.shared else 'OFF'}", "-DCMAKE_BUILD_TYPE=Debug"]  # fmt: skip
        self.configure()

    def configure(self, *more: str) -> None:
        run("cmake", "-G", "Ninja", "-S", CONSUMER, "-B", self.folder, *self.options, *more)

    def build(self) -> None:
        run("cmake", "--build", self.folder)

    def cache(self) -> dict[str, str]:
        return dict(CACHE_ENTRY.findall((self.folder / "CMakeCache.txt").read_text(encoding="utf-8")))

    def install(self, name: str) -> set[str]:
        """The files that an installation has, by their paths in it."""
        prefix = self.folder / name
        run("cmake", "--install", self.folder, "--prefix", prefix)
        return {path.relative_to(prefix).as_posix() for path in prefix.rglob("*") if path.is_file()}

    def libraries(self) -> set[str]:
        return {match[1] for path in self.folder.rglob("*") if (match := LIBRARY_FILE.fullmatch(path.name))}


def check_cache(without: Build, with_library: Build) -> None:
    before, after = without.cache(), with_library.cache()
    added = sorted(name for name in after.keys() - before.keys() if not UNAVOIDABLE.fullmatch(name))
    require(not added, f"added to the parent's cache: {', '.join(added)}")
    changed = sorted(name for name in before.keys() - DIFFERENT if after.get(name) != before[name])
    require(not changed, f"changed in the parent's cache: {', '.join(changed)}")


def check_commands(build: Build) -> None:
    entries = json.loads((build.folder / "compile_commands.json").read_text(encoding="utf-8"))
    library = [entry for entry in entries if Path(entry["file"]).is_relative_to(ROOT / "src") or "unity_" in entry["file"]]
    require(bool(library), "no file of the library is compiled")
    strict = [entry["file"] for entry in library if re.search(r"-W(error|all)\b", entry["command"])]
    require(not strict, f"compiled with our warnings: {', '.join(strict)}")
    foreign = [entry["file"] for entry in entries if entry not in library and "consumer_" not in entry["file"]]
    require(not foreign, f"compiled although nobody asked: {', '.join(foreign)}")


def check_build(project: Build, options: argparse.Namespace) -> None:
    project.build()
    program = next(path for path in (project.folder / "bin").iterdir() if path.stem == "consumer")
    run(*options.emulator, program)
    built = {kind.split(".")[0] for kind in project.libraries()}
    wanted = {"dll" if program.suffix == ".exe" else "so"} if options.shared else {"a"}
    require(built == wanted, f"built {built}, wanted {wanted}")

    installed = project.install("installed")
    require(installed == {f"bin/{program.name}"}, f"installed although nobody asked: {sorted(installed)}")
    if not options.shared:
        project.configure("-DASYNC_SOCKET_INSTALL=ON")
        project.build()
        installed = project.install("installed_as_asked")
        require({"lib/libasync_socket.a", "lib/cmake/async_socket/async_socket-config.cmake"} <= installed,
                f"asked for, not installed: {sorted(installed)}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("how", choices=("add_subdirectory", "fetch_content"))
    parser.add_argument("--shared", action="store_true", help="the parent sets BUILD_SHARED_LIBS")
    parser.add_argument("--only-configure", action="store_true", help="nothing is built")
    parser.add_argument("--folder", type=Path, required=True, help="for the builds")
    parser.add_argument("--toolchain", default="")
    parser.add_argument("--emulator", nargs="*", default=[], help="what runs the program")
    options = parser.parse_args()
    shutil.rmtree(options.folder, ignore_errors=True)

    without = Build(options, "without", "not_at_all")
    project = Build(options, "with", options.how)
    check_cache(without, project)
    check_commands(project)
    if not options.only_configure:
        check_build(project, options)
    print("ok")


if __name__ == "__main__":
    main()
