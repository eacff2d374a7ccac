"""Which packages does a requirements file pin, and with which hashes?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_HASH = re.compile(r"\s--hash=\S+")


@dataclass(frozen=True)
class LockFile:
    """The lines of a requirements file, without comments and continued lines made one."""

    lines: tuple[str, ...]

    @property
    def pins(self) -> frozenset[str]:
        """The lines without their hashes: two files that agree in these install the same versions."""
        return frozenset(_HASH.sub("", line).strip() for line in self.lines)

    @property
    def is_hashed(self) -> bool:
        """Whether pip holds what it downloads against hashes; one line with a hash makes it ask all for theirs."""
        return any(_HASH.search(line) for line in self.lines)

    @property
    def packages(self) -> Mapping[str, str]:
        """Name of each package -> its line."""
        named = ((_NAME.match(line), line) for line in self.lines)
        return {canonicalize_name(found[0]): line for found, line in named if found}


def lock_file(path: Path) -> LockFile:
    """The file at `path`; without lines where there is none."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in re.sub(r"\\\n", " ", text).splitlines())
    return LockFile(tuple(re.sub(r"\s+", " ", line) for line in lines if line))


def with_dependencies(names: Iterable[str]) -> frozenset[str]:
    """The packages of these names and all that they need here, as their installed metadata says."""
    found: set[str] = set()
    open_names = [canonicalize_name(name) for name in names]
    while open_names:
        name = open_names.pop()
        if name not in found:
            found.add(name)
            open_names += [canonicalize_name(each.name) for each in _needs(name)]
    return frozenset(found)


def _needs(name: str) -> list[Requirement]:
    try:
        known = [Requirement(line) for line in requires(name) or ()]
    except PackageNotFoundError:
        return []
    return [each for each in known if each.marker is None or each.marker.evaluate({"extra": ""})]
