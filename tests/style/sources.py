"""The C and C++ files of the repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def sources(*suffixes: str) -> list[Path]:
    """Files that are tracked, or new and not ignored, with one of the suffixes."""
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.split("\0")
    paths = sorted({ROOT / name for name in names if name.endswith(suffixes)})
    return [path for path in paths if path.is_file()]
