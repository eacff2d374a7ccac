"""How does `init` run? It drafts a project from a mesh that exists, asks whether requests stay the same, writes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from fairlead.project.command import next_steps, write_whole
from fairlead.project.draft_files import draft_files
from fairlead.project.existing import Existing
from fairlead.project.files import SCHEMA, empty_folder, project_files
from fairlead.reference.schema import schema_text
from fairlead_mesh.drafts.mesh_draft import MeshDraft, mesh_draft
from fairlead_mesh.model.classes.differences import Compared
from fairlead_mesh.model.objects.item import Item

_MOST = 8
_SEVERAL = {"rule of a namespace": "rules of namespaces", "host outside the mesh": "hosts outside the mesh"}
_STACK = "Pulumi.{}.yaml"


def init_command(
    folder: Path, existing: Existing, *, context: str, stack: str, namespaces: Sequence[str]
) -> tuple[str, bool]:
    """Write the project; what to say of it, and whether requests stay the same. Raises UserError."""
    files = project_files(stack, None)
    empty_folder(folder, "init")
    draft, compared = mesh_draft(existing.graph, namespaces)
    files |= draft_files(draft, context, stack, existing.place)
    write_whole(folder, {**files, SCHEMA: schema_text()})
    said = [*_taken(draft, stack), *_kept(draft, compared), *_not_read(existing), "", *next_steps(folder, stack)]
    said += _taken_over(draft)
    return "\n".join(said), not compared.differences


def _taken(draft: MeshDraft, stack: str) -> Iterator[str]:
    objects, rules = len(draft.rendered), sum(len(each.objects) for each in draft.spaces.values())
    named = [
        (len(draft.apps), "app"),
        (len(draft.egress), "host outside the mesh"),
        (rules, "rule of a namespace"),
        (len(draft.gateways), "existing gateway"),
    ]
    has = (
        ", ".join(_count(number, word, _SEVERAL.get(word, "")) for number, word in named if number)
        or "nothing but objects"
    )
    yield f"{_STACK.format(stack)}: {has}; it renders {_count(objects, 'object')} as they are now"


def _kept(draft: MeshDraft, compared: Compared) -> Iterator[str]:
    if draft.kept:
        yield f"objects/: {_count(len(draft.kept), 'object')} as they are, since no key says the same:"
        yield from _listed([f"{item}{f' ({why})' if why else ''}" for item, why in draft.kept.items()])
    if draft.left:
        yield "Left where they are:"
        yield from _listed([f"{item} ({why})" for item, why in draft.left.items()])
    others = Counter(item.kind for item in draft.graph.items if _is_others(item))
    if others:
        yield f"Not taken over: {', '.join(f'{number} {kind}' for kind, number in sorted(others.items()))}"
    yield ""
    if compared.differences:
        yield f"Requests: {_count(len(compared.differences), 'class', 'classes')} would be treated differently:"
        yield from _listed(str(each.request.authority) for each in compared.differences)
    else:
        yield f"Requests: none is treated differently ({_count(compared.asked, 'class', 'classes')} asked about)"
    for reason, times in sorted(compared.open.items()):
        yield f"  not decided: {reason} ({times})"


def _taken_over(draft: MeshDraft) -> Iterator[str]:
    """How the objects on the cluster become the stack's."""
    if draft.objects:
        number = _count(len(draft.objects), "object that exists", "objects that exist")
        yield f"up asks before it takes over the {number}; none is deleted or created again (docs/adoption.md)."


def _is_others(item: Item) -> bool:
    return "istio.io" not in str(item.manifest.get("apiVersion")) and not item.brought


def _not_read(existing: Existing) -> Iterator[str]:
    if existing.refused:
        yield "Not drafted, because Istio rejects it as it is:"
        yield from _listed(existing.refused)
    if existing.unread:
        yield "Could not be read:"
        yield from _listed(existing.unread)


def _listed(lines: Sequence[str] | Iterator[str] | map[str]) -> Iterator[str]:
    every = list(lines)
    yield from (f"  {each}" for each in every[:_MOST])
    if len(every) > _MOST:
        yield f"  and {len(every) - _MOST} more"


def _count(number: int, word: str, several: str = "") -> str:
    return f"{number} {word if number == 1 else several or f'{word}s'}"
