"""What is wrong with files that define an object several times, whichever of them is applied last?

A folder of a tutorial holds the same VirtualService in ten forms, and nobody applies them all. Each file is judged
with those that go with it; what is found only because two of them stand side by side is not said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from fairlead_mesh.findings import Finding
from fairlead_mesh.lint.object_findings import object_findings
from fairlead_mesh.lint.workloads.object_repeat_rules import objects_are_defined_once
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.repeats import alternatives

_OF_THE_WHOLE = ("destinations_exist", "hosts_of_mesh_routes_exist", "hosts_of_destination_rules_exist")
_MOST_WORK = 60_000
"""Objects that are judged in all orders together; where there are more, the order that is given is the only one."""


def findings_in_any_order(items: Sequence[Item], graph_of: Callable[[Sequence[Item]], Graph]) -> list[Finding]:
    """What the rules find in every order in which the object in question stays."""
    whole = graph_of(items)
    found = object_findings(whole)
    rivals = alternatives(whole.repeated)
    if not rivals or 3 * len(rivals) * len(items) > _MOST_WORK:
        return found
    worlds = [(whole, found)]
    for order in _orders(items, rivals):
        mesh = graph_of(order)
        worlds.append((mesh, object_findings(mesh)))
    judged = [({_document(item) for item in mesh.items}, {_key(each) for each in said}) for mesh, said in worlds]
    once = {_key(each): each for _, said in reversed(worlds) for each in said}
    repeats = [each for each in found if each.rule == objects_are_defined_once.__name__]
    return [
        *repeats,
        *(
            _of_files(each, rivals)
            for key, each in once.items()
            if each.rule != objects_are_defined_once.__name__
            and all(key in keys for alive, keys in judged if (each.source, each.document) in alive)
        ),
    ]


def _of_files(finding: Finding, rivals: dict[str, set[str]]) -> Finding:
    """A conflict of a form with another file is one only where both are applied, and what a folder of forms lacks may
    be anywhere."""
    apart = finding.source in rivals and any(each.source != finding.source for each in finding.related)
    lacking = finding.source in rivals and finding.rule in _OF_THE_WHOLE
    return replace(finding, severity="info") if apart or lacking else finding


def _orders(items: Sequence[Item], rivals: dict[str, set[str]]) -> Iterator[list[Item]]:
    """For each file with rivals: all others before it, and twice without its rivals and without each other's."""
    files = list(dict.fromkeys(item.source for item in items))
    for last in rivals:
        rest = [file for file in files if file != last]
        yield _items_of(items, [*rest, last])
        for order in (rest, rest[::-1]):
            chosen = [last]
            for file in order:
                if not rivals.get(file, set()).intersection(chosen):
                    chosen.append(file)
            yield _items_of(items, chosen[::-1])


def _items_of(items: Sequence[Item], files: list[str]) -> list[Item]:
    place = {file: number for number, file in enumerate(files)}
    return sorted((item for item in items if item.source in place), key=lambda item: place[item.source])


def _document(item: Item) -> tuple[str, int]:
    return item.source, item.document


def _key(finding: Finding) -> tuple[object, ...]:
    """A conflict is the same one at whichever of its objects it is told, which the order decides."""
    parts = [finding, *finding.related]
    return finding.rule, frozenset((each.source, each.document, each.path) for each in parts)
