"""Which files are objects as they stand? Not the templates of a chart, nor the patches of Kustomize."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from fairlead.lint.kustomize import KUSTOMIZATIONS, Rendered, patch_files, render, root_folders, unlisted
from fairlead_mesh.findings import Finding

CHART, KUSTOMIZE = "chart", "kustomize"
_AT_ONCE = 4


@dataclass
class Gathered:
    """The files to read, what Kustomize makes of them, and the findings on what was left out."""

    files: list[str] = field(default_factory=list[str])
    rendered: list[Rendered] = field(default_factory=list[Rendered])
    notes: list[Finding] = field(default_factory=list[Finding])
    unlisted: set[str] = field(default_factory=set[str])
    """Files in the folder of a kustomization that takes others and not these."""


def gathered(files: Iterable[str], folders: Sequence[Path]) -> Gathered:
    """What to judge of `files`, which stand in `folders` or were named one by one."""
    found, charts = Gathered(), dict[Path, int]()
    files = list(files)
    kustomizations = [Path(file) for file in files if Path(file).name in KUSTOMIZATIONS and _is_in(file, folders)]
    patches = {patch for each in kustomizations for patch in patch_files(each)}
    for file in files:
        chart = _chart_of(Path(file), folders)
        if chart:
            charts[chart] = charts.get(chart, 0) + 1
        elif Path(file).resolve() not in patches:
            found.files.append(file)
    found.notes += [_of_chart(chart, number) for chart, number in charts.items()]
    found.unlisted = {file for each in kustomizations for file in unlisted(each, found.files)}
    roots = root_folders(kustomizations)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        results = [*pool.map(render, roots)]
    for rendered in results:
        if rendered.why:
            found.notes.append(_of_kustomization(rendered))
        else:
            found.rendered.append(rendered)
    return found


def _is_in(file: str, folders: Sequence[Path]) -> bool:
    return any(Path(file).is_relative_to(folder) for folder in folders)


def _chart_of(file: Path, folders: Sequence[Path]) -> Path | None:
    """The Chart.yaml of a template in one of the folders."""
    above = file.parents if _is_in(str(file), folders) else ()
    of_templates = (folder.parent for folder in above if folder.name == "templates")
    return next((chart / "Chart.yaml" for chart in of_templates if (chart / "Chart.yaml").is_file()), None)


def _of_chart(chart: Path, number: int) -> Finding:
    folder = chart.parent
    message = f"this is a Helm chart: its {number} template{'s were' if number > 1 else ' was'} not checked"
    remedy = f"Check what it renders: helm template {folder} | fairlead lint --objects -."
    return Finding(CHART, (), None, message, "info", remedy=remedy, source=str(chart))


def _of_kustomization(rendered: Rendered) -> Finding:
    message = f"this folder is not rendered, because {rendered.why}: its files were checked as they stand"
    remedy = f"Check what it renders: kubectl kustomize {rendered.folder} | fairlead lint --objects -."
    return Finding(KUSTOMIZE, (), None, message, "info", remedy=remedy, source=str(rendered.kustomization))
