"""What is a file called that is named after data? A name that stays in its folder, on any file system.

Names of objects come from charts and from YAML that anybody wrote.
"""

from __future__ import annotations

import re

_LONGEST = 120
_OTHER = re.compile(r"[^A-Za-z0-9._-]")
_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Devices there, whatever follows the dot."""


def file_name(text: str) -> str:
    """One step of a path: no separator, no dot or dash at its start, and not too long; empty where nothing is left."""
    name = _OTHER.sub("-", text)[:_LONGEST].lstrip(".-").rstrip(".")
    return f"_{name}" if _WINDOWS.fullmatch(name) else name


class FileNames:
    """Paths, each given once: also where small and capital letters are the same, a second one gets a number."""

    def __init__(self, suffix: str) -> None:
        self._suffix = suffix
        self._given: set[str] = set()

    def path(self, *steps: str) -> str:
        """The path of a file that these words name, the last without the suffix."""
        *folders, name = (file_name(step) or "_" for step in steps)
        number = 1
        while True:
            last = name if number == 1 else f"{name}-{number}"
            path = "/".join([*folders, f"{last}{self._suffix}"])
            if path.casefold() not in self._given:
                self._given.add(path.casefold())
                return path
            number += 1
