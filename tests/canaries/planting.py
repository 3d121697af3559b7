"""A copy of src/ in a build folder, for builds of the library with something planted in it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def write_if_changed(path: Path, content: bytes) -> None:
    """A file that stays as it is keeps its time, so that it is not compiled again."""
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def copy_sources(to: Path, except_for: set[str]) -> None:
    """Copies src/ but for the named files, and removes what is not in src/ any more."""
    names = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*") if path.is_file()}
    for name in names - except_for:
        write_if_changed(to / name, (ROOT / "src" / name).read_bytes())
    for path in list(to.rglob("*")):
        if path.is_file() and path.relative_to(to).as_posix() not in names:
            path.unlink()
