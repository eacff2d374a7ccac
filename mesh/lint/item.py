"""What does a rule look at? One Kubernetes object, with where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from mesh.findings import Path, Severity
from mesh.lint.rule import Hit
from mesh.section import Manifest

DEFAULT_NAMESPACE = "default"


@dataclass(frozen=True, eq=False)
class Item:
    """An object: `origin` leads to the part of the stack file that it comes from; `source` is the file and `document`
    the place in it (from 0) where it was read from one. `brought` by a chart, it is there but nobody's to mend."""

    manifest: Manifest
    origin: Path = ()
    source: str = ""
    document: int = 0
    brought: bool = False

    @property
    def kind(self) -> str:
        return str(self.manifest.get("kind", ""))

    @property
    def name(self) -> str:
        return str(self.metadata.get("name", ""))

    @property
    def namespace(self) -> str:
        return str(self.metadata.get("namespace") or DEFAULT_NAMESPACE)

    @property
    def metadata(self) -> dict[str, Any]:
        return as_map(self.manifest.get("metadata"))

    @property
    def labels(self) -> dict[str, Any]:
        return as_map(self.metadata.get("labels"))

    @property
    def annotations(self) -> dict[str, Any]:
        return as_map(self.metadata.get("annotations"))

    @property
    def spec(self) -> dict[str, Any]:
        return as_map(self.manifest.get("spec"))

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"

    def get(self, *path: str | int) -> Any:
        """What stands at a path of the manifest; None where the path leads nowhere or through something else."""
        value: Any = self.manifest
        for part in path:
            if isinstance(part, str) and isinstance(value, dict):
                value = cast("dict[str, Any]", value).get(part)
            elif isinstance(part, int) and isinstance(value, list) and part < len(cast("list[Any]", value)):
                value = cast("list[Any]", value)[part]
            else:
                return None
        return value

    def entries(self, *path: str | int) -> list[tuple[Path, Any]]:
        """The items of the list at a path, each with its own path; nothing where there is no list."""
        found = self.get(*path)
        if not isinstance(found, list):
            return []
        return [((*path, index), item) for index, item in enumerate(cast("list[Any]", found))]

    def maps(self, *path: str | int) -> list[tuple[Path, dict[str, Any]]]:
        """As `entries`, but only those that are maps: whatever else stands there is the API server's to refuse."""
        return [(place, cast("dict[str, Any]", item)) for place, item in self.entries(*path) if isinstance(item, dict)]

    def hit(self, path: Path, message: str, remedy: str, *, severity: Severity | None = None) -> Hit:
        """That a rule does not hold at a path of this object."""
        return Hit(path, self.get(*path), message, remedy, item=self, severity=severity)


def as_map(value: Any) -> dict[str, Any]:
    """The value where it is a map; an empty one where anything else stands in its place."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
