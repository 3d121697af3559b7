"""What the public headers declare, read from the compiler's preprocessed output.

The lists of the tests come from here and not from the library's own .def file, so that a function
forgotten there is noticed.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include"
WINDOWS_ONLY = "c_pal/execution_engine_win32.h"
LINUX_ONLY = "c_pal/execution_engine_linux.h"

LINE_MARKER = re.compile(r'# \d+ "(?P<file>[^"]*)"')
FUNCTION = re.compile(r"\b(?P<name>[A-Za-z_]\w*)\s*\(")
BODY = re.compile(r"\{[^{}]*\}")


def public_headers() -> list[str]:
    """Names as a user includes them."""
    return sorted(path.relative_to(INCLUDE).as_posix() for path in INCLUDE.rglob("*.h"))


def face_headers() -> list[str]:
    """Those of the C++ interface, what they consist of among them."""
    return sorted(path.relative_to(INCLUDE).as_posix() for path in INCLUDE.rglob("*.hpp"))


def headers_for(is_windows: bool) -> list[str]:
    """Those that a program for this system can include."""
    foreign = LINUX_ONLY if is_windows else WINDOWS_ONLY
    return [header for header in public_headers() if header != foreign]


def header_text(preprocessed: str, folders: list[Path]) -> str:
    """The lines that came from files in one of the folders."""
    lines = []
    inside = False
    for line in preprocessed.splitlines():
        marker = LINE_MARKER.match(line)
        if marker:
            inside = any(Path(marker["file"]).is_relative_to(folder) for folder in folders)
        elif inside:
            lines.append(line)
    return "\n".join(lines)


def preprocess(compiler: list[str], headers: list[str], arguments: list[str]) -> str:
    source = "".join(f'#include "{header}"\n' for header in headers)
    command = [*compiler, "-E", "-x", "c", "-std=c11", f"-I{INCLUDE}", *arguments, "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


def declared_functions(compiler: list[str], headers: list[str], arguments: list[str]) -> set[str]:
    """Names of the functions that the public headers declare and do not define, after all macros."""
    text = header_text(preprocess(compiler, headers, arguments), [INCLUDE])
    names = set()
    for statement in BODY.sub(";", text).split(";"):
        statement = statement.strip()
        if not statement.startswith(("typedef", "static")):
            names.update(match["name"] for match in FUNCTION.finditer(statement))
    return names
