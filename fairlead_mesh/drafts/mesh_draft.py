"""What would a stack file say of a mesh that exists? Sections for what renders as it is, and objects for the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from fairlead_mesh.drafts.app_draft import app_draft
from fairlead_mesh.drafts.app_objects import together
from fairlead_mesh.drafts.drafted import Drafted
from fairlead_mesh.drafts.egress_draft import egress_draft
from fairlead_mesh.drafts.gateway_draft import gateway_draft
from fairlead_mesh.drafts.mesh_sections import MeshDraft
from fairlead_mesh.drafts.policy_taking import take_policies
from fairlead_mesh.drafts.said import UnsaidError
from fairlead_mesh.model.classes.differences import Compared, differences
from fairlead_mesh.model.classes.surroundings import completed
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.security.others import beyond
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.ownership import is_istios, is_managed

_ROUTING = ("VirtualService", "DestinationRule")
_DIFFERENT = "requests would be treated differently"


def mesh_draft(graph: Graph, namespaces: Iterable[str] = ()) -> tuple[MeshDraft, Compared]:
    """The draft, and which requests it would treat differently: none, as what would is kept as it is."""
    wanted = set(namespaces)
    draft = MeshDraft(graph)
    every = [each for each in graph.items if is_istios(each.manifest)]
    own = [each for each in every if not wanted or each.namespace in wanted]
    draft.left |= {item: why for item in own if (why := _whose(item, graph))}
    mine = [item for item in own if item not in draft.left]
    _take_gateways(every, mine, draft)
    _take_apps(mine, draft)
    _take_egress(mine, draft)
    policies = [item for item in mine if item.kind not in (*_ROUTING, "Gateway", "ServiceEntry")]
    draft.kept |= take_policies(policies, graph, draft.apps, draft.spaces)
    return draft, _without_differences(draft)


def _take_gateways(every: Sequence[Item], mine: Sequence[Item], draft: MeshDraft) -> None:
    for item in every:
        if item.kind == "Gateway":
            try:
                section = gateway_draft(item, draft.graph)
                if item.name in draft.bindings:
                    raise UnsaidError("another gateway has this name")
            except UnsaidError as why:
                if item in mine:
                    draft.kept[item] = str(why)
                continue
            draft.gateways.append(section)
            draft.bindings[item.name] = f"{item.namespace}/{item.name}"
            draft.external.append(item)


def _take_egress(mine: Sequence[Item], draft: MeshDraft) -> None:
    for item in mine:
        if item.kind == "ServiceEntry":
            try:
                if item.name in [host.section["name"] for host in draft.egress]:
                    raise UnsaidError("another host has this name")
                draft.egress.append(Drafted(egress_draft(item, draft.graph), [item]))
            except UnsaidError as why:
                draft.kept[item] = str(why)


def _take_apps(mine: Sequence[Item], draft: MeshDraft) -> None:
    by_namespace: dict[str, list[Item]] = defaultdict(list)
    for item in mine:
        if item.kind in _ROUTING:
            by_namespace[item.namespace].append(item)
    for namespace, items in sorted(by_namespace.items()):
        if namespace == draft.graph.root_namespace:
            draft.kept |= dict.fromkeys(items, "in Istio's own namespace")
            continue
        taken: list[Item] = []
        reasons: dict[Item, str] = {}
        for group in together(items):
            if any(each in taken for each in group.objects):
                continue
            try:
                named = [app.section["name"] for app in draft.apps]
                draft.apps.append(app_draft(group, draft.graph, draft.bindings, named))
            except UnsaidError as why:
                reasons.update({each: reasons.get(each, str(why)) for each in group.objects})
            else:
                taken += group.objects
        draft.kept |= {item: reasons.get(item, "") for item in items if item not in taken}


def _whose(item: Item, graph: Graph) -> str:
    """Why it is not for this stack to have: two owners would undo each other's work. Empty where it is."""
    if is_managed(item.manifest):
        return "owned by a release of Helm or another object"
    own = {each.namespace for each in graph.items} - {graph.root_namespace}
    of_the_mesh = any(each.certain for each in beyond(graph, item, own))
    return "for the whole mesh, as Istio itself" if of_the_mesh else ""


def _without_differences(draft: MeshDraft) -> Compared:
    """What the draft does differently, after every app of which that can be said is kept as objects."""
    found = _compared(draft)
    if found.differences:
        for app in list(draft.apps):
            if _compared(MeshDraft(draft.graph, bindings=draft.bindings, apps=[app])).differences:
                draft.apps.remove(app)
                draft.kept |= dict.fromkeys(app.objects, _DIFFERENT)
        for host in list(draft.egress):
            if _compared(MeshDraft(draft.graph, egress=[host])).differences:
                draft.egress.remove(host)
                draft.kept |= dict.fromkeys(host.objects, _DIFFERENT)
        for name, space in list(draft.spaces.items()):
            if _compared(MeshDraft(draft.graph, spaces={name: space})).differences:
                del draft.spaces[name]
                draft.kept |= dict.fromkeys(space.objects, _DIFFERENT)
        found = _compared(draft)
    return found


def _compared(draft: MeshDraft) -> Compared:
    """As `diff` compares two sides: with what has to be around them."""
    before, after = completed(draft.graph, draft.after())
    return differences(Mesh(before, 0.0, obeys_headers=True), Mesh(after, 0.0, obeys_headers=True))


def injection_of(graph: Graph, namespace: str) -> bool | None:
    """What the label of a namespace says of injection, as a stack file says it."""
    item = graph.namespaces.get(namespace)
    said = as_map(item.metadata.get("labels")).get("istio-injection") if item else None
    return {"enabled": True, "disabled": False}.get(str(said))
