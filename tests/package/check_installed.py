#!/usr/bin/env python3
"""Looks at the installed tree: the right files, the right functions in the shared library, no stray path."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # leaves no __pycache__ in the source tree
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "headers"))
import declarations  # noqa: E402

LIBRARIES = {
    "windows": {"bin/libasync_socket.dll", "lib/libasync_socket.dll.a"},
    "linux": {"lib/libasync_socket.so"},
}
FILES = {
    "lib/libasync_socket.a",
    "lib/pkgconfig/async_socket.pc",
    "lib/cmake/async_socket/async_socket-config.cmake",
    "lib/cmake/async_socket/async_socket-config-version.cmake",
    "lib/cmake/async_socket/async_socket_targets.cmake",
}
# The file of the build type, and the tools when they were built.
MAY_BE_THERE = re.compile(
    r"lib/cmake/async_socket/async_socket_targets-\w+\.cmake|bin/async-(relay|perf)(\.exe)?|lib/libasync_socket\.so(\.\d+)+"
)
# What every Windows 10 has.
SYSTEM_LIBRARIES = {"libc.so.6", "libpthread.so.0", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
SYSTEM_DLLS = re.compile(r"(kernel32|ntdll|msvcrt|ucrtbase|ws2_32|api-ms-win-[a-z0-9-]+)\.dll", re.IGNORECASE)

EXPORT = re.compile(r"^\s*\[\s*\d+\]\s+(?:\+base\[\s*\d+\]\s+[0-9a-f]+\s+)?(?P<name>[A-Za-z_]\w*)$", re.MULTILINE)
IMPORT = re.compile(r"^\s*DLL Name: (?P<name>\S+)$", re.MULTILINE)
ELF_EXPORT = re.compile(r"^[0-9a-f]+ g.*\s(?P<name>\w+)$", re.MULTILINE)
ELF_IMPORT = re.compile(r"^\s*NEEDED\s+(?P<name>\S+)$", re.MULTILINE)


def files(prefix: Path, build_folder: Path, system: str) -> list[str]:
    found = {path.relative_to(prefix).as_posix() for path in prefix.rglob("*") if path.is_file()}
    expected = FILES | LIBRARIES[system] | {
        f"include/{header}" for header in declarations.public_headers() + declarations.face_headers()
    }
    failures = [f"missing: {name}" for name in sorted(expected - found)]
    failures += [f"not expected: {name}" for name in sorted(found - expected) if not MAY_BE_THERE.fullmatch(name)]
    for path in prefix.rglob("*"):
        if path.suffix in (".pc", ".cmake") and str(build_folder) in path.read_text(encoding="utf-8"):
            failures.append(f"{path.name}: names the build folder")
    return failures


def declared_functions(compiler: str, system: str) -> set[str]:
    declared = set()
    headers = declarations.headers_for(system == "windows")
    for version in ("1", "2", "3"):
        arguments = ["-D_WIN32_WINNT=0x0A00", f"-DASYNC_SOCKET_API_VERSION={version}"]
        declared |= declarations.declared_functions([compiler], headers, arguments)
    return declared


def tables_of(objdump: str, option: str, library: Path) -> str:
    return subprocess.run([objdump, option, str(library)], stdout=subprocess.PIPE, text=True, check=True).stdout


def compare(exported: set[str], declared: set[str], imported: list[str], foreign: list[str]) -> list[str]:
    failures = [f"declared, not exported: {name}" for name in sorted(declared - exported)]
    failures += [f"exported, not declared: {name}" for name in sorted(exported - declared)]
    failures += [f"imports {name}, which is not of the system" for name in foreign]
    if not imported:
        failures.append("no imports found: is the output of objdump understood?")
    print(f"{len(exported)} functions exported; imports {', '.join(sorted(imported))}")
    return failures


def dll(prefix: Path, compiler: str, objdump: str) -> list[str]:
    library = prefix / "bin" / "libasync_socket.dll"
    if not library.is_file():
        return []  # reported as missing
    tables = tables_of(objdump, "-p", library)
    _, _, name_table = tables.partition("[Ordinal/Name Pointer] Table")
    exported = {match["name"] for match in EXPORT.finditer(name_table)}
    imported = IMPORT.findall(tables)
    foreign = [name for name in imported if not SYSTEM_DLLS.fullmatch(name)]
    return compare(exported, declared_functions(compiler, "windows"), imported, foreign)


def shared_object(prefix: Path, compiler: str, objdump: str) -> list[str]:
    library = prefix / "lib" / "libasync_socket.so"
    if not library.is_file():
        return []  # reported as missing
    exported = {match["name"] for match in ELF_EXPORT.finditer(tables_of(objdump, "-T", library))}
    imported = ELF_IMPORT.findall(tables_of(objdump, "-p", library))
    foreign = [name for name in imported if name not in SYSTEM_LIBRARIES]
    return compare(exported, declared_functions(compiler, "linux"), imported, foreign)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prefix", type=Path, required=True)
    parser.add_argument("--c", required=True, help="the C compiler")
    parser.add_argument("--objdump", required=True)
    parser.add_argument("--system", choices=LIBRARIES, required=True)
    parser.add_argument("--build-folder", type=Path, required=True, help="must not be named in installed files")
    options = parser.parse_args()
    library = dll if options.system == "windows" else shared_object
    failures = files(options.prefix, options.build_folder, options.system)
    failures += library(options.prefix, options.c, options.objdump)
    print("\n".join(failures) or "ok")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
