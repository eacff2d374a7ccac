"""Which share of the objects of public meshes does `fairlead init` write as keys? Prints what docs/adoption.md says.

    python tools/draft_share.py [FOLDER] [--from URL]

The repositories and their sets of files are those of tools/lint_accuracy.py, which brings them by commit. Of each
repository the set with the most objects of Istio is drafted; of Istio's own samples every set.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from lint_accuracy import DATA, brought  # noqa: E402

from fairlead.project.existing import Existing, mesh_of_files  # noqa: E402
from fairlead.terminal.errors import UserError  # noqa: E402
from fairlead_mesh.drafts.mesh_draft import mesh_draft  # noqa: E402
from fairlead_mesh.model.objects.item import Item  # noqa: E402

_GROUPS = ("networking.istio.io", "security.istio.io", "telemetry.istio.io", "extensions.istio.io")
_NO_SERVICE = ("whose Service is not known", "no Service selects")
ISTIO = "istio/istio"


@dataclass
class Share:
    """Objects of Istio by what became of them."""

    meshes: int = 0
    taken: Counter[str] = field(default_factory=Counter[str])
    kept: Counter[str] = field(default_factory=Counter[str])
    left: int = 0
    unknown: int = 0
    differing: int = 0

    def add(self, existing: Existing) -> None:
        draft, compared = mesh_draft(existing.graph)
        own = [item for item in existing.graph.items if is_configuration(item)]
        self.meshes += 1
        self.taken.update(item.kind for item in own if item not in draft.kept and item not in draft.left)
        self.kept.update(item.kind for item in own if item in draft.kept)
        self.left += sum(item in draft.left for item in own)
        self.unknown += sum(any(each in draft.kept.get(item, "") for each in _NO_SERVICE) for item in own)
        self.differing += len(compared.differences)

    def __str__(self) -> str:
        taken, every = self.taken.total(), self.taken.total() + self.kept.total() + self.left
        lines = [f"{self.meshes} meshes: {taken} of {every} objects became keys ({100 * taken // max(every, 1)} %)"]
        lines += [f"  kept since their Service is not among the files: {self.unknown}; left: {self.left}"]
        lines += [f"  classes of requests that differ: {self.differing}"]
        kinds = sorted(self.taken | self.kept)
        return "\n".join(
            [*lines, *(f"  {kind}: {self.taken[kind]} of {self.taken[kind] + self.kept[kind]}" for kind in kinds)]
        )


def is_configuration(item: Item) -> bool:
    """Whether it is of a kind that Istio still has."""
    return str(item.manifest.get("apiVersion", "")).partition("/")[0] in _GROUPS


def meshes(repository: dict[str, Any]) -> Iterator[Existing]:
    """Those of its sets of files that have something of Istio's."""
    for chosen in repository["sets"]:
        paths = chosen["paths"] if isinstance(chosen, dict) else chosen
        with suppress(UserError):
            yield mesh_of_files([path for path in paths if Path(path).exists()])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path.home() / ".cache" / "fairlead" / "repositories")
    parser.add_argument("--from", dest="url", default="https://github.com/{owner}/{repository}")
    wanted = parser.parse_args()
    into, samples, public = wanted.folder.resolve(), Share(), Share()
    for repository in json.loads(DATA.read_text(encoding="utf-8"))["repositories"]:
        os.chdir(brought(repository["name"], repository["commit"], into, wanted.url))
        found = list(meshes(repository))
        if repository["name"] == ISTIO:
            for each in found:
                samples.add(each)
        elif found:
            public.add(max(found, key=lambda each: sum(map(is_configuration, each.graph.items))))
    print(f"Istio's samples: {samples}")
    print(f"Public repositories: {public}")


if __name__ == "__main__":
    main()
