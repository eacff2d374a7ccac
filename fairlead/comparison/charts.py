"""Which objects does the chart of a release hold? Kept on disk, by the chart's digest and the release's values."""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fairlead.cluster.charts import Chart, ChartSource, template, values
from fairlead.cluster.helm import Helm
from fairlead.cluster.toolchain import KUBERNETES_VERSION
from fairlead.comparison.comparison import release_key
from fairlead.comparison.random_values import without_random_values
from fairlead.evaluation.masking import Manifest, masked
from fairlead.evaluation.snapshot import SECRET, Resource
from fairlead.terminal.errors import UserError

Rendered = tuple[Manifest, ...]


@dataclass
class ChartObjects:
    """Renders releases of one side. `missing`: which could not be; `stand_ins`: what stood in, for which versions."""

    helm: Helm
    charts: ChartSource
    kept: Path
    missing: set[str] = field(default_factory=set[str])
    stand_ins: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    _digests: dict[Path, str] = field(default_factory=dict[Path, str])

    def objects(self, release: Resource) -> Rendered | None:
        """What the chart makes of the values, secrets masked; None, with a note, where that cannot be had."""
        if release.inputs.get("values") == SECRET:
            return self._missing(release, "one of its values is a secret, which hides them all")
        try:
            chart = self.charts.find(release.inputs)
            if chart.origin:
                self.stand_ins.setdefault(chart.origin, set()).add(chart.instead_of)
            return self._rendered(release, chart)
        except UserError as error:
            return self._missing(release, " ".join(error.message.split()).rstrip("."))

    def _rendered(self, release: Resource, chart: Chart) -> Rendered:
        asked = json.dumps(
            [self._digest(chart), release_key(release), values(release.inputs), KUBERNETES_VERSION], sort_keys=True
        )
        file = self.kept / f"{hashlib.sha256(asked.encode()).hexdigest()}.json"

        def objects() -> list[dict[str, Any]]:
            once, again = (template(release.inputs, chart, self.helm) for _ in range(2))
            # Charts make up passwords and certificates, each time others.
            return [masked(each) for each in without_random_values(once, again)]

        return tuple(_kept(file, objects))

    def _digest(self, chart: Chart) -> str:
        if chart.path not in self._digests:
            self._digests[chart.path] = _digest(chart.path)
        return self._digests[chart.path]

    def _missing(self, release: Resource, why: str) -> None:
        self.missing.add(f"Release {release_key(release)}: only its values are compared; {why}.")


def chart_notes(*sides: ChartObjects) -> list[str]:
    """What a reader has to know of the charts of both sides."""
    stood_in: dict[str, set[str]] = {}
    for side in sides:
        for origin, versions in side.stand_ins.items():
            stood_in.setdefault(origin, set()).update(versions)
    notes = {note for side in sides for note in side.missing}
    for origin, versions in stood_in.items():
        which = " and ".join(sorted(versions))
        same = "those versions" if len(versions) > 1 else "that version"
        notes.add(f"{origin} are used instead of {which}, so other changes of {same} are not shown.")
    return sorted(notes)


def _kept(file: Path, render: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    if file.is_file():
        try:
            kept: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            file.unlink()  # half of a file, from a run that was stopped
        else:
            return kept
    objects = render()
    # Where nothing can be kept, on a full disk or in a folder of somebody else's, it is rendered again the next time.
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent) as scratch:
            draft = Path(scratch) / file.name
            draft.write_text(json.dumps(objects, default=str), encoding="utf-8")
            draft.replace(file)
    return objects


def _digest(chart: Path) -> str:
    found = hashlib.sha256()
    for file in sorted(chart.rglob("*")) if chart.is_dir() else [chart]:
        if file.is_file():
            found.update(f"{file.relative_to(chart.parent)}\0".encode())
            found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()
