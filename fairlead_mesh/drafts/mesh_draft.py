"""What would a stack file say of a mesh that exists? Sections for what renders as it is, and objects for the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fairlead_mesh.apps.app import App
from fairlead_mesh.drafts.alike import plain_spec
from fairlead_mesh.drafts.app_draft import DraftedApp, app_draft
from fairlead_mesh.drafts.app_objects import together
from fairlead_mesh.drafts.gateway_draft import gateway_draft
from fairlead_mesh.drafts.said import UnsaidError
from fairlead_mesh.istio import MODES, peer_authentication
from fairlead_mesh.model.classes.differences import Compared, differences
from fairlead_mesh.model.classes.surroundings import completed
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.security.others import beyond
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.routing.destination_rule import destination_rules
from fairlead_mesh.routing.virtual_service import virtual_services

_ISTIO = ".istio.io"
_ROUTING = ("VirtualService", "DestinationRule")
_HELM = "app.kubernetes.io/managed-by"


@dataclass
class MeshDraft:
    """`apps`, `gateways` and `mtls` (namespace -> mode) are sections; `kept` stay objects and
    `left` are not for this stack, each with the reason why."""

    graph: Graph
    gateways: list[dict[str, Any]] = field(default_factory=list[Any])
    bindings: dict[str, str] = field(default_factory=dict[str, str])
    apps: list[DraftedApp] = field(default_factory=list[DraftedApp])
    mtls: dict[str, tuple[str, Item]] = field(default_factory=dict[str, "tuple[str, Item]"])
    kept: dict[Item, str] = field(default_factory=dict[Item, str])
    left: dict[Item, str] = field(default_factory=dict[Item, str])
    external: list[Item] = field(default_factory=list[Item])

    @property
    def namespaces(self) -> list[str]:
        """Those that something of the stack is in."""
        return sorted({item.namespace for item in self.objects} - {self.graph.root_namespace})

    @property
    def objects(self) -> list[Item]:
        """Those that are the stack's: what its keys render again, and what it keeps."""
        rendered = [item for app in self.apps for item in app.objects] + [item for _, item in self.mtls.values()]
        return [*rendered, *self.kept]

    def made(self) -> list[Item]:
        """What the sections render."""
        of_apps = [App.model_validate(app.section) for app in self.apps]
        routed = [each for app in of_apps for each in (*virtual_services(app, self.bindings), *destination_rules(app))]
        policies = [peer_authentication(name, mode) for name, (mode, _) in self.mtls.items()]  # pyright: ignore[reportArgumentType]
        return [Item(each) for each in (*routed, *policies)]

    def after(self) -> Graph:
        """The mesh as it is with the draft applied."""
        taken = {id(item) for app in self.apps for item in app.objects} | {id(item) for _, item in self.mtls.values()}
        return replace(self.graph, items=(*(each for each in self.graph.items if id(each) not in taken), *self.made()))


def is_istios(item: Item) -> bool:
    """Whether an object is one of Istio's kinds."""
    return str(item.manifest.get("apiVersion", "")).partition("/")[0].endswith(_ISTIO)


def mesh_draft(graph: Graph, namespaces: Iterable[str] = ()) -> tuple[MeshDraft, Compared]:
    """The draft, and which requests it would treat differently: none, as what would is kept as it is."""
    wanted = set(namespaces)
    draft = MeshDraft(graph)
    own = [each for each in graph.items if is_istios(each) and (not wanted or each.namespace in wanted)]
    draft.left |= {item: why for item in own if (why := _whose(item, graph))}
    mine = [item for item in own if item not in draft.left]
    _take_gateways([each for each in graph.items if is_istios(each)], mine, draft)
    _take_modes(mine, draft)
    _take_apps(mine, draft)
    return draft, _without_differences(draft)


def _whose(item: Item, graph: Graph) -> str:
    """Why it is not for this stack to have: two owners would undo each other's work. Empty where it is."""
    if item.labels.get(_HELM) == "Helm" or item.metadata.get("ownerReferences"):
        return "owned by a release of Helm or another object"
    own = {each.namespace for each in graph.items} - {graph.root_namespace}
    of_the_mesh = any(each.certain for each in beyond(graph, item, own))
    return "for the whole mesh, as Istio itself" if of_the_mesh else ""


def _take_gateways(every: Sequence[Item], mine: Sequence[Item], draft: MeshDraft) -> None:
    for item in every:
        if item.kind == "Gateway":
            try:
                section = gateway_draft(item, draft.graph)
            except UnsaidError as why:
                if item in mine:
                    draft.kept[item] = str(why)
                continue
            draft.gateways.append(section)
            draft.bindings[item.name] = f"{item.namespace}/{item.name}"
            draft.external.append(item)


def _take_modes(mine: Sequence[Item], draft: MeshDraft) -> None:
    for item in mine:
        if item.kind == "PeerAuthentication":
            for mode in MODES:
                made = Item(peer_authentication(item.namespace, mode))  # pyright: ignore[reportArgumentType]
                same = plain_spec(made, draft.graph) == plain_spec(item, draft.graph) and made.name == item.name
                if same:
                    draft.mtls[item.namespace] = (mode, item)
            if item.namespace not in draft.mtls:
                draft.kept[item] = "more than the mode of a namespace"


def _take_apps(mine: Sequence[Item], draft: MeshDraft) -> None:
    by_namespace: dict[str, list[Item]] = defaultdict(list)
    for item in mine:
        if item.kind in _ROUTING:
            by_namespace[item.namespace].append(item)
        elif item not in draft.kept and item not in draft.external and item.kind != "PeerAuthentication":
            draft.kept[item] = "no key for it"
    for _, items in sorted(by_namespace.items()):
        taken: list[Item] = []
        reasons: dict[Item, str] = {}
        for group in together(items):
            if any(each in taken for each in group):
                continue
            try:
                draft.apps.append(app_draft(group, draft.graph, draft.bindings))
            except UnsaidError as why:
                reasons.update({each: reasons.get(each, str(why)) for each in group})
            else:
                taken += group
        draft.kept |= {item: reasons.get(item, "") for item in items if item not in taken}


def _without_differences(draft: MeshDraft) -> Compared:
    """What the draft does differently, after every app of which that can be said is kept as objects."""
    found = _compared(draft)
    if found.differences:
        for app in list(draft.apps):
            if _compared(MeshDraft(draft.graph, bindings=draft.bindings, apps=[app])).differences:
                draft.apps.remove(app)
                draft.kept |= dict.fromkeys(app.objects, "requests would be treated differently")
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
