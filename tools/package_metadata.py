"""What does the package need? What requirements.in says, as it is; of what the command line adds, each major version.

The packages of requirements.in decide which resources a stack registers: one version of fairlead is one stack,
wherever it is installed. Those of the command line do not, and may be newer ones in somebody's environment.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\d+)(\.\S+)?", re.MULTILINE)


class PackageMetadata(MetadataHookInterface):
    """The dependencies, from the files that Renovate keeps."""

    def update(self, metadata: dict[str, Any]) -> None:
        metadata["dependencies"] = dependencies(Path(self.root))


def dependencies(root: Path) -> list[str]:
    """The dependencies of the package, of the two files in the folder."""
    needed = [found[0] for found in _PIN.finditer((root / "requirements.in").read_text(encoding="utf-8"))]
    added = _PIN.finditer((root / "requirements-cli.in").read_text(encoding="utf-8"))
    return [
        *needed,
        *(f"{name}>={major}{rest or ''},<{_next(major, rest)}" for name, major, rest in map(_parts, added)),
    ]


def _parts(found: re.Match[str]) -> tuple[str, str, str]:
    return found[1], found[2], found[3] or ""


def _next(major: str, rest: str) -> str:
    """The first version that may break: of 0.19.1 that is 0.20."""
    if major != "0":
        return str(int(major) + 1)
    return f"0.{int(rest.split('.')[1]) + 1}"
