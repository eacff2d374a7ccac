"""What is used twice? A list in which every value may stand once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fairlead_mesh.findings import Hit, Path


def repeated(items: Iterable[tuple[Path, Any]], what: str, production: str = "") -> Iterator[Hit]:
    """A hit for each value that stood at an earlier path already; `production` is what that would have been."""
    first: dict[Any, Path] = {}
    for path, value in items:
        if value in first:
            message = f"{what} {value} is used twice{f': {production}' if production else ''}"
            yield Hit(path, value, message, "change one of them", first=first[value])
        first.setdefault(value, path)
