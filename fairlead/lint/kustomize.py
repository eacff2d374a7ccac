"""What does a Kustomize folder come to? What kubectl or kustomize on this machine makes of it, without a network."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_list, as_map
from fairlead_mesh.reading.documents import UNREADABLE, yaml_objects

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_PARTS = tuple("resources bases components".split())  # noqa: SIM905 - the last word alone is a folder of this program
_TAKEN = (*_PARTS, "crds")
_PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902", "transformers", "generators", "configurations")
_NOT_TAKEN = re.compile(r" from '[^']*': ((?:(?! from ').)*?)'?: must build at directory")
"""kustomize tries a file as a folder, too, and says last why it is none."""
_SECONDS = 30


@dataclass(frozen=True)
class Rendered:
    """The objects of a folder, or why there are none."""

    kustomization: Path
    objects: tuple[dict[str, Any], ...] = ()
    why: str = ""

    @property
    def folder(self) -> Path:
        return self.kustomization.parent


def root_folders(kustomizations: Sequence[Path]) -> list[Path]:
    """The kustomizations that no other one builds on: what people apply."""
    used = {part for each in kustomizations for part in _parts(each) if isinstance(part, Path)}
    return [each for each in kustomizations if each.parent.resolve() not in used and _is_whole(each)]


def unlisted(kustomization: Path, files: Iterable[str]) -> Iterator[str]:
    """Those of `files` in the folder of a kustomization that it does not take: nobody applies them as they stand."""
    fields = _read(kustomization)
    taken = [str(name) for key in _TAKEN for name in as_list(fields.get(key))]
    if not any(map(str, as_list(fields.get("resources")))):
        return
    folder, known = kustomization.parent.resolve(), {(kustomization.parent / name).resolve() for name in taken}
    for file in files:
        path = Path(file).resolve()
        if path.parent == folder and path not in known and path.name not in KUSTOMIZATIONS:
            yield file


def patch_files(kustomization: Path) -> Iterator[Path]:
    """The files that are parts of objects, or settings of Kustomize."""
    fields = _read(kustomization)
    for key in _PATCHES:
        for each in as_list(fields.get(key)):
            name = each if isinstance(each, str) else as_map(each).get("path")
            if isinstance(name, str) and "\n" not in name:
                yield (kustomization.parent / name).resolve()


def render(kustomization: Path) -> Rendered:
    """Build a folder. What it would fetch from elsewhere is not fetched: a stranger wrote where that is."""
    if remote := next(_remotes(kustomization, set()), ""):
        return Rendered(kustomization, why=f"it fetches {remote}")
    program = _program()
    if not program:
        return Rendered(kustomization, why="there is no kubectl and no kustomize on PATH")
    try:
        done = subprocess.run(
            [*program, str(kustomization.parent)], capture_output=True, encoding="utf-8", timeout=_SECONDS, check=False
        )
        if done.returncode:
            return Rendered(kustomization, why=f"{program[0]} cannot build it ({_reason(done.stderr)})")
        return Rendered(kustomization, tuple(yaml_objects(done.stdout)))
    except (OSError, subprocess.TimeoutExpired, *UNREADABLE) as error:
        return Rendered(kustomization, why=f"{program[0]} did not build it ({type(error).__name__})")


@cache
def _program() -> tuple[str, ...]:
    if shutil.which("kubectl"):
        return "kubectl", "kustomize"
    return ("kustomize", "build") if shutil.which("kustomize") else ()


def _reason(text: str) -> str:
    """The last words of the message, which are the cause; of a file that cannot be taken in, why it could not."""
    said = " ".join(text.replace('"', "'").split())
    if taken := _NOT_TAKEN.search(said):
        return taken[1][:120]
    return said.rpartition(": ")[2][:120] or "no reason given"


def _read(kustomization: Path) -> dict[str, Any]:
    try:
        found = yaml_objects(kustomization.read_text(encoding="utf-8"))
        return found[0] if found else {}
    except (OSError, *UNREADABLE):
        return {}


def _is_whole(kustomization: Path) -> bool:
    return _read(kustomization).get("kind") != "Component"


def _parts(kustomization: Path) -> Iterator[Path | str]:
    """The folders that a kustomization builds on, and the names of what it would fetch."""
    for key in _PARTS:
        for name in as_list(_read(kustomization).get(key)):
            path = kustomization.parent / str(name)
            if path.is_dir():
                yield path.resolve()
            elif not path.is_file():
                yield str(name)


def _remotes(kustomization: Path, seen: set[Path]) -> Iterator[str]:
    seen.add(kustomization.resolve())
    for part in _parts(kustomization):
        if isinstance(part, str):
            yield part
            continue
        inner = next((part / name for name in KUSTOMIZATIONS if (part / name).is_file()), None)
        if inner and inner.resolve() not in seen:
            yield from _remotes(inner, seen)
