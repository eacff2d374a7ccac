"""What does a rule look at? One Kubernetes object, with where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fairlead_mesh.findings import Hit, Path, Severity
from fairlead_mesh.model.objects.yaml_values import as_list, as_map

DEFAULT_NAMESPACE = "default"
_NO_PLACES: Mapping[Path, Path] = {}
Listed = list[tuple[Path, Any]]


@dataclass(frozen=True, eq=False, slots=True)
class Item:
    """An object: `origin` leads to the part of the stack file that it comes from, and `places` from parts of the object
    on from there; `source` is the file and `document` the place in it (from 0) where it was read from one. `brought` by
    a chart, it is there but nobody's to fix."""

    manifest: dict[str, Any]
    origin: Path = ()
    places: Mapping[Path, Path] = field(default_factory=lambda: _NO_PLACES)
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
        return str(as_map(self.manifest.get("metadata")).get("namespace") or DEFAULT_NAMESPACE)

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
            if isinstance(value, dict):
                value = value.get(part)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            elif isinstance(value, list) and isinstance(part, int):
                listed = as_list(value)
                value = listed[part] if -len(listed) <= part < len(listed) else None
            else:
                return None
        return value  # pyright: ignore[reportUnknownVariableType]

    def entries(self, *path: str | int) -> list[tuple[Path, Any]]:
        """The items of the list at a path, each with its own path; nothing where there is no list."""
        value = self.get(*path)
        return _entries(self, path) if value and isinstance(value, list) else []

    def maps(self, *path: str | int) -> list[tuple[Path, dict[str, Any]]]:
        """As `entries`, but only those that are maps: whatever else stands there is the API server's to refuse."""
        found = self.entries(*path)
        for _, item in found:
            if not isinstance(item, dict):
                return [(place, each) for place, each in found if isinstance(each, dict)]
        return found

    def hit(
        self,
        path: Path,
        message: str,
        remedy: str,
        *,
        severity: Severity | None = None,
        others: Iterable[tuple[Item, Path]] = (),
    ) -> Hit:
        """That a rule does not hold at a path of this object; `others` take part in it."""
        return Hit(path, self.get(*path), message, remedy, item=self, severity=severity, others=tuple(others))


@lru_cache(maxsize=1 << 10)
def _entries(item: Item, path: Path) -> list[tuple[Path, Any]]:
    # Dozens of rules walk the same few lists of an object; of a large mesh, keeping them all would take its memory.
    return [(place(*path, index), each) for index, each in enumerate(as_list(item.get(*path)))]


@lru_cache(maxsize=1 << 11)
def place(*path: str | int) -> Path:
    """A path as one value, as objects are alike: of thousands there are a few hundred."""
    return path


def by_age(items: Iterable[Item]) -> list[Item]:
    """The oldest first; of the same age, or without one, by name and namespace, as istiod sorts them."""
    return sorted(items, key=age)


def age(item: Item) -> tuple[str, str, str]:
    """What objects are sorted by."""
    return str(item.metadata.get("creationTimestamp") or ""), item.name, item.namespace
