"""What do the rules say of anybody's YAML? Files and folders, read as all that exists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from fairlead.evaluation.garbage_collection import collector_paused
from fairlead.lint.applied_files import AppliedFiles, twins
from fairlead.lint.gathered import gathered
from fairlead.lint.linted import Linted, Placed, RelatedPlace, in_order
from fairlead.lint.mesh_config_file import mesh_config_findings, read_mesh_config
from fairlead.lint.rendered_items import in_namespace, with_rendered
from fairlead.lint.silenced_objects import without_silenced
from fairlead.lint.templates import told_once, unread_templates_noted
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.file_text import files_of_named
from fairlead.yaml_files.positions import Place, Positions
from fairlead_mesh.findings import Finding, Related
from fairlead_mesh.lint.orders import findings_in_any_order
from fairlead_mesh.lint.rule import OBJECT_RULES
from fairlead_mesh.model.graph import Graph, graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.reading.files import STANDARD_INPUT
from fairlead_mesh.reading.object_files import SUFFIXES, Broken, ReadObjects, read_objects
from fairlead_mesh.reading.stack_objects import broken_finding, list_findings

Wanted = Callable[[Sequence[Item]], Iterable[Finding]]
"""Findings of somebody else's rules on the objects."""
_ROOT_NAMESPACE = "istio-system"


@collector_paused()
def lint_objects(
    paths: Sequence[str],
    mesh_config: Path | None = None,
    *,
    namespace: str = "",
    silenced: Path | None = None,
    preview: bool = False,
    company: Wanted | None = None,
) -> Linted:
    """The findings on the objects of files, folders and `-`. Raises UserError where one of them is not there.

    `namespace` is that of objects that say none, as of `kubectl apply -n`; the file `silenced` lists findings that are
    meant. Without `preview`, what rules in preview find is an info. `company` is what a company wants of them beside.
    """
    config = read_mesh_config(mesh_config) if mesh_config else None
    root = (config or {}).get("rootNamespace")
    files = [file for path in paths for file in _files(path)]
    folders = [Path(path) for path in paths if Path(path).is_dir()]
    judged = gathered(dict.fromkeys(files), folders)
    read = read_objects(judged.files, judged=True)
    applied = with_rendered(read.items, judged.rendered)
    items = in_namespace(applied.items, namespace)
    root_namespace = root if isinstance(root, str) and root else _ROOT_NAMESPACE

    def graph_of(items: Sequence[Item]) -> Graph:
        return graph(items, closed=True, root_namespace=root_namespace, mesh_config=config, others=read.others)

    found = findings_in_any_order(items, graph_of)
    if not preview:
        found = [replace(each, severity="info") if _in_preview(each) else each for each in found]
    if company:
        found += company(items)
    notes = (Placed(each, each.source, Place()) for each in judged.notes)
    lists = (placed_in(read, each) for each in list_findings(items))
    unread = [each for each in read.broken if not each.read]
    placed = [*unread_templates_noted(broken_files(unread)), *notes, *lists]
    # What stands in one document is placed one after the other, as its text is read for that.
    found.sort(key=lambda each: (each.source, each.document))
    placed += told_once(
        [*broken_files(each for each in read.broken if each.read), *(placed_in(read, each) for each in found)]
    )
    placed += mesh_config_findings(mesh_config) if mesh_config else ()
    together = AppliedFiles(folders, judged.unlisted, applied.left_out, twins(each.finding for each in placed))
    placed = [together.judged(each) for each in placed]
    kept, number = without_silenced(placed, judged.files, read.roots, silenced)
    return Linted(in_order(kept), number, _looked_at(len(items), len(dict.fromkeys(files)), len(read.others)))


def _in_preview(finding: Finding) -> bool:
    rule = OBJECT_RULES.get(finding.rule)
    return rule is not None and rule.status == "preview"


def broken_files(broken: Iterable[Broken]) -> list[Placed]:
    """The findings on what could not be read, each at its line."""
    return [Placed(broken_finding(each), each.source, Place(each.problem.line, each.problem.column)) for each in broken]


def placed_in(read: ReadObjects, finding: Finding) -> Placed:
    """A finding on objects of files, and what is related to it there, each at its place."""
    related = (RelatedPlace(each, each.source, place_in(read, each)) for each in finding.related)
    return Placed(finding, finding.source, place_in(read, finding), tuple(related))


def place_in(read: ReadObjects, finding: Finding | Related) -> Place:
    """Where the value of a finding stands in its file."""
    return Positions(read.roots.get(finding.source, ())).of_value(finding.path, finding.document)


def _files(path: str) -> list[str]:
    if path == STANDARD_INPUT:
        return [path]
    if not Path(path).exists():
        raise UserError(f"There is no file or folder {path}.", "Name YAML files, folders, or - for standard input.")
    found = files_of_named(Path(path))
    if not found:
        raise UserError(f"There is no {', '.join(SUFFIXES)} file in {path}.", "Pass a folder that has some.")
    return found


def _looked_at(objects: int, files: int, others: int) -> str:
    words = f"{_counted(objects, 'object')} in {_counted(files, 'file')}"
    return f"{words}, {_counted(others, 'other document')}" if others else words


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
