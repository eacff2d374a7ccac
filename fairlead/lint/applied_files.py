"""Which files does anybody apply, and which of them together? What is wrong in others is an info."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fairlead.lint.linted import Placed
from fairlead_mesh.findings import Finding
from fairlead_mesh.lint.workloads.object_repeat_rules import objects_are_defined_once

_PATCH = "patch"
"""In the name of a file beside a kustomization, that it holds parts of objects, taken or not."""
_SEVERAL = 3


def twins(found: Iterable[Finding]) -> set[frozenset[str]]:
    """The pairs of files that both define several objects: one holds what the others do, or comes in their place."""
    named = (each for each in found if each.rule == objects_are_defined_once.__name__)
    pairs = (frozenset((each.source, source)) for each in named for source in {other.source for other in each.related})
    return {pair for pair, times in Counter(pairs).items() if times >= _SEVERAL and len(pair) > 1}


@dataclass(frozen=True)
class AppliedFiles:
    """The folders that were passed; the files that a kustomization beside them does not take; and those whose objects
    Kustomize leaves out for another file's; and the pairs of files of which one is applied."""

    folders: Sequence[Path]
    unlisted: set[str]
    left_out: frozenset[str]
    twins: set[frozenset[str]]

    def judged(self, each: Placed) -> Placed:
        """A finding, as bad as it is where its files are applied."""
        finding = each.finding
        if finding.severity == "info":
            return each
        if finding.rule == objects_are_defined_once.__name__:
            return replace(each, finding=self._of_definitions(finding))
        is_part = each.file in self.unlisted and _PATCH in Path(each.file).name
        return replace(each, finding=replace(finding, severity="info")) if is_part else each

    def _of_definitions(self, finding: Finding) -> Finding:
        """Two definitions of which one is applied are no conflict."""
        sources = {finding.source, *(each.source for each in finding.related)}
        if not self.left_out.isdisjoint(sources) or not self.unlisted.isdisjoint(sources):
            message = f"{finding.message.partition(';')[0]}; kubectl apply -k takes one of them"
            return replace(finding, severity="info", message=message)
        # kubectl apply -f takes a folder without those in it, which are stages, clusters or variants.
        others = (each.source for each in finding.related)
        apart = all(self._are_apart(finding.source, other) for other in others)
        return replace(finding, severity="info") if apart else finding

    def _are_apart(self, one: str, other: str) -> bool:
        """Whether one of two files is applied: they stand in different folders of one that was passed, or are twins."""
        if frozenset((one, other)) in self.twins:
            return True
        mine, its = self._folder_of(one), self._folder_of(other)
        return mine is not None and mine == its and Path(one).parent != Path(other).parent

    def _folder_of(self, file: str) -> Path | None:
        return next((folder for folder in self.folders if Path(file).is_relative_to(folder)), None)
