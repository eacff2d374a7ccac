"""Are the installed packages those of requirements.txt? Another version may register other resources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, Skip, ok, warning

ORDER = 1
QUICK = True
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)", re.MULTILINE)
_FILE = "requirements.txt"


def check(examined: Examined) -> Iterator[Seen]:
    """Every pinned package, by what this Python has."""
    path = examined.program / _FILE
    if not path.is_file():
        raise Skip(f"the program has no {_FILE}")
    pinned = _PINNED.findall(path.read_text(encoding="utf-8"))
    others = [
        f"{name} {found or 'missing'} instead of {wanted}"
        for name, wanted in pinned
        if (found := _installed(name)) != wanted
    ]
    if others:
        yield warning(f"not as {_FILE} says: {', '.join(others)}", f"python -m pip install --require-hashes -r {_FILE}")
    else:
        yield ok(f"all {len(pinned)} are those of {_FILE}")


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
