"""What would a stack file say of the routing of an app that exists? Its VirtualServices and DestinationRules as one
section, taken only where the section renders them again, by name and meaning."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.apps.app import App
from fairlead_mesh.drafts.alike import plain_spec
from fairlead_mesh.drafts.app_objects import Together
from fairlead_mesh.drafts.app_ports import destinations_of, only_port_of, ports_of
from fairlead_mesh.drafts.drafted import Drafted
from fairlead_mesh.drafts.free_name import free_name
from fairlead_mesh.drafts.policy_draft import policy_draft
from fairlead_mesh.drafts.route_draft import (
    PROTOCOLS,
    Destination,
    Draft,
    connection_draft,
    destination_of,
    route_draft,
)
from fairlead_mesh.drafts.said import UnsaidError, part, read
from fairlead_mesh.model.graph import Graph, full_host, service_key
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.virtual_service import MESH
from fairlead_mesh.routing.destination_rule import destination_rules
from fairlead_mesh.routing.virtual_service import virtual_services


def app_draft(group: Together, graph: Graph, gateways: Mapping[str, str], taken: Collection[str] = ()) -> Drafted:
    """The app of these objects of one namespace; `gateways` are the `namespace/name` of Istio Gateways by the names
    that they have in the stack file, and `taken` the names of other apps. Raises UnsaidError."""
    objects = group.objects
    draft = _Draft(group, graph, gateways, free_name(objects[0].name, objects[0].namespace, taken))
    section = draft.section()
    app = read(section, App)
    try:
        made = [Item(each) for each in (*virtual_services(app, gateways), *destination_rules(app))]
    except (KeyError, StopIteration):
        raise UnsaidError("a destination that is no version") from None
    was = {(each.kind, each.name): plain_spec(each, graph) for each in objects}
    now = {(each.kind, each.name): plain_spec(each, graph) for each in made}
    for key in sorted(was.keys() | now.keys()):
        if was.get(key) != now.get(key):
            raise UnsaidError(f"{key[0]} {key[1]}")
    return Drafted(section, [*objects])


@dataclass(frozen=True)
class _Draft:
    group: Together
    graph: Graph
    bindings: Mapping[str, str]
    name: str

    @property
    def namespace(self) -> str:
        return self.group.objects[0].namespace

    def section(self) -> Draft:
        routed, rule = self.group.routed, self.group.rule
        service = self._service(routed, rule)
        ports = ports_of(routed, self.graph)
        port = ports.pop(self._host(service), None) or only_port_of(
            self.graph, self._host(service), any_of_them=not routed
        )
        versions = self._versions(routed, rule, service, {host: each for host, each in ports.items() if each != port})
        named = {destination: version["name"] for destination, version in versions.items()}

        def version_of(destination: Destination) -> str:
            host = full_host(destination[0], self.namespace)
            if (host, destination[1]) in named:
                return named[host, destination[1]]
            if host != self._host(service) or destination[1]:
                raise UnsaidError(f"destination {destination[0]} {destination[1]}".rstrip())
            return ""

        found: Draft = {"name": self.name, "namespace": self.namespace}
        found |= {"service": service} if service != self.name else {}
        found |= {"port": port}
        if routed:
            found |= self._way(routed, service, version_of)
        if versions:
            found["versions"] = list(versions.values())
        if rule:
            found |= policy_draft(rule.spec.get("trafficPolicy"))
        names = self._names()
        return found | ({"objectNames": names} if names else {}) | {"external": self._pods(service)}

    def _names(self) -> Draft:
        """Those of objects that are not called as those of a new app."""
        usual = {"virtualService": self.name, "meshVirtualService": f"{self.name}-mesh", "destinationRule": self.name}
        real = dict(zip(usual, [each.name for each in self.group.routed], strict=False))
        real |= {"destinationRule": self.group.rule.name} if self.group.rule else {}
        return {key: name for key, name in real.items() if name != usual[key]}

    def _host(self, service: str) -> str:
        return full_host(service, self.namespace)

    def _service(self, routed: Sequence[Item], rule: Item | None) -> str:
        """The app's own Service: of its rule, of the host that it has in the mesh, of all destinations."""
        if rule:
            return self._named(str(rule.spec.get("host", "")))
        hosts = [str(host) for each in routed for host in as_list(each.spec.get("hosts"))]
        own = [host for host in hosts if self._exists(host)]
        # The last route takes what the others leave.
        going = [destination_of(each)[0] for each in destinations_of(routed)][-1:]
        return self._named((own or going or [self.name])[0])

    def _exists(self, host: str) -> bool:
        return self.graph.service(host, self.namespace) is not None

    def _named(self, host: str) -> str:
        """Name of a Service in this namespace."""
        key = service_key(host, self.namespace)
        if key is None or key[0] != self.namespace:
            raise UnsaidError(f"host {host}")
        return key[1]

    def _versions(
        self, routed: Sequence[Item], rule: Item | None, service: str, ports: Mapping[str, int]
    ) -> dict[Destination, Draft]:
        """Where requests go -> the version that this is; `ports` are those that are not the app's."""
        found: dict[Destination, Draft] = {}
        for subset in as_maps(part(rule.spec, "host", "trafficPolicy", "subsets").get("subsets")) if rule else ():
            said = part(subset, "name", "labels", "trafficPolicy")
            labels = as_map(said.get("labels"))
            own = {} if labels == {"version": said.get("name")} else {"labels": labels}
            key = (self._host(service), str(said.get("name")))
            found[key] = {"name": said.get("name"), **own, **policy_draft(said.get("trafficPolicy"))}
        going = [destination_of(each) for each in destinations_of(routed)]
        several = len(set(going)) > 1
        for host, subset in sorted(going):
            named = self._named(host)
            if not subset and (named != service or several):
                own = self._own_policy(named)
                port = {"port": ports[self._host(named)]} if self._host(named) in ports else {}
                short = named.removeprefix(f"{self.name}-")
                found.setdefault((self._host(named), ""), {"name": short, "service": named, **port, **own})
        return found

    def _own_policy(self, service: str) -> Draft:
        """What a rule of the Service of one version says."""
        for each in self.group.of_versions:
            said = part(each.spec, "host", "trafficPolicy")
            if self._named(str(said.get("host"))) == service:
                return policy_draft(said.get("trafficPolicy"))
        return {}

    def _way(self, routed: Sequence[Item], service: str, version_of: Any) -> Draft:
        """Hosts, gateways and routes. Two VirtualServices of an app differ in hosts and gateways alone."""
        said = [part(each.spec, "hosts", "gateways", "exportTo", *PROTOCOLS) for each in routed]
        kinds = {key for each in said for key in PROTOCOLS if key in each}
        if len(kinds) != 1:
            raise UnsaidError("several protocols")
        kind = kinds.pop()
        draft = route_draft if kind == "http" else connection_draft
        routes = [draft(each, version_of) for each in as_maps(said[0][kind])]
        found: Draft = {} if kind == "http" else {"protocol": PROTOCOLS[kind]}
        if not said[0].get("hosts"):
            return {**found, "delegated": True, "routes": routes}
        bound = [str(each) for one in said for each in as_list(one.get("gateways")) or [MESH]]
        names = sorted((self._gateway(each) for each in bound), key=lambda name: name == MESH)
        hosts = [str(host) for one in said for host in as_list(one.get("hosts"))]
        outside = [host for host in hosts if full_host(host, self.namespace) != self._host(service)]
        found |= {"gateways": names} if names != [MESH] else {}
        found |= {"hosts": outside} if outside not in ([], ["*"]) else {}
        return found | ({"routes": routes} if routes != [{}] or MESH in names else {})

    def _gateway(self, bound: str) -> str:
        if bound == MESH:
            return MESH
        full = bound if "/" in bound else f"{self.namespace}/{bound}"
        names = [name for name, binding in self.bindings.items() if binding == full]
        if not names:
            raise UnsaidError(f"gateway {full}")
        return names[0]

    def _pods(self, service: str) -> Draft | bool:
        """The labels of its pods, as far as its Service says them."""
        found = self.graph.services.get((self.namespace, service))
        labels = as_map(found.get("spec", "selector")) if found else {}
        return {"labels": {key: str(value) for key, value in sorted(labels.items())}} if labels else True
