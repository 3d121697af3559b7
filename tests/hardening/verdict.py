"""How both checks of this folder end."""

from __future__ import annotations


def verdict(protections: dict[str, bool], bare: bool) -> int:
    """The exit status: 0 if the file has every protection, or, of a bare one, none."""
    for name, there in protections.items():
        print(f"{name}: {'yes' if there else 'no'}")
    wrong = [name for name, there in protections.items() if there == bare]
    if wrong:
        print(f"{'should not be there' if bare else 'missing'}: {', '.join(wrong)}")
    return 1 if wrong or not protections else 0
