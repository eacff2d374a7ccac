"""Which sections does the draft of a mesh have, and what would be on the cluster with them?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from fairlead_mesh.access.default_denials import namespace_denial
from fairlead_mesh.apps.app import App
from fairlead_mesh.drafts.drafted import Drafted
from fairlead_mesh.drafts.policy_taking import policies_of
from fairlead_mesh.egress.egress_objects import service_entry
from fairlead_mesh.egress.external_host import ExternalHost
from fairlead_mesh.istio import peer_authentication
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.namespaces import Namespace
from fairlead_mesh.routing.destination_rule import destination_rules
from fairlead_mesh.routing.virtual_service import virtual_services


@dataclass
class MeshDraft:
    """`apps`, `gateways`, `egress` and `spaces` (of namespaces) are sections; `kept` stay objects, `left` are not for
    this stack, each with the reason why."""

    graph: Graph
    gateways: list[dict[str, Any]] = field(default_factory=list[Any])
    bindings: dict[str, str] = field(default_factory=dict[str, str])
    apps: list[Drafted] = field(default_factory=list[Drafted])
    egress: list[Drafted] = field(default_factory=list[Drafted])
    spaces: dict[str, Drafted] = field(default_factory=dict[str, Drafted])
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
        return [*self.rendered, *self.kept]

    @property
    def rendered(self) -> list[Item]:
        return [item for each in (*self.apps, *self.egress, *self.spaces.values()) for item in each.objects]

    def made(self) -> list[Item]:
        """What the sections render."""
        of_apps = [App.model_validate(app.section) for app in self.apps]
        routed = [each for app in of_apps for each in (*virtual_services(app, self.bindings), *destination_rules(app))]
        spaces = [Namespace.model_validate({"name": name, **each.section}) for name, each in self.spaces.items()]
        routed += [service_entry(ExternalHost.model_validate(host.section)) for host in self.egress]
        return [*map(Item, routed), *(each for app in of_apps for each in policies_of(app)), *_of_spaces(spaces)]

    def after(self) -> Graph:
        """The mesh as it is with the draft applied."""
        taken = {id(item) for item in self.rendered}
        return replace(self.graph, items=(*(each for each in self.graph.items if id(each) not in taken), *self.made()))


def _of_spaces(spaces: Iterable[Namespace]) -> Iterator[Item]:
    for each in spaces:
        if each.mtls:
            yield Item(peer_authentication(each.name, each.mtls, each.object_names.mtls))
        if each.default_deny:
            yield Item(namespace_denial(each.name, each.default_deny, each.object_names.default_deny))
