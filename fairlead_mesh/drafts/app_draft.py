"""What would a stack file say of the routing of an app that exists? Its VirtualServices and DestinationRules as one
section, taken only where the section renders them again, by name and meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from fairlead_mesh.apps.app import App
from fairlead_mesh.drafts.alike import only_port, plain_spec
from fairlead_mesh.drafts.policy_draft import policy_draft
from fairlead_mesh.drafts.route_draft import (
    Destination,
    Draft,
    connection_draft,
    destination_of,
    destinations_in,
    route_draft,
)
from fairlead_mesh.drafts.said import UnsaidError, part
from fairlead_mesh.model.graph import Graph, full_host, service_key
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.virtual_service import MESH
from fairlead_mesh.routing.destination_rule import destination_rules
from fairlead_mesh.routing.virtual_service import virtual_services

_PROTOCOLS = {"http": "HTTP", "tls": "TLS", "tcp": "TCP"}


@dataclass(frozen=True)
class DraftedApp:
    """A section, and the objects that it renders again."""

    section: Draft
    objects: tuple[Item, ...]


def app_draft(objects: Sequence[Item], graph: Graph, gateways: Mapping[str, str]) -> DraftedApp:
    """The app of these objects of one namespace; `gateways` are the `namespace/name` of Istio Gateways by the names
    that they have in the stack file. Raises UnsaidError."""
    draft = _Draft(objects, graph, gateways)
    section = draft.section()
    try:
        app = App.model_validate(section)
    except ValidationError as error:
        raise UnsaidError(str(error.errors()[0]["msg"])) from None
    try:
        made = [Item(each) for each in (*virtual_services(app, gateways), *destination_rules(app))]
    except (KeyError, StopIteration):
        raise UnsaidError("a destination that is no version") from None
    was = {(each.kind, each.name): plain_spec(each, graph) for each in objects}
    now = {(each.kind, each.name): plain_spec(each, graph) for each in made}
    for key in sorted(was.keys() | now.keys()):
        if was.get(key) != now.get(key):
            raise UnsaidError(f"{key[0]} {key[1]}")
    return DraftedApp(section, tuple(objects))


@dataclass(frozen=True)
class _Draft:
    objects: Sequence[Item]
    graph: Graph
    bindings: Mapping[str, str]

    @property
    def first(self) -> Item:
        return self.objects[0]

    def section(self) -> Draft:
        routed = [each for each in self.objects if each.kind == "VirtualService"]
        rule = next((each for each in self.objects if each.kind == "DestinationRule" and each.name == self._name), None)
        service = self._service(routed, rule)
        versions = self._versions(routed, rule, service)
        named = {destination: version["name"] for destination, version in versions.items()}

        def version_of(destination: Destination) -> str:
            host = full_host(destination[0], self.first.namespace)
            if (host, destination[1]) in named:
                return named[host, destination[1]]
            if host != self._host(service) or destination[1]:
                raise UnsaidError(f"destination {destination[0]} {destination[1]}".rstrip())
            return ""

        found: Draft = {"name": self._name, "namespace": self.first.namespace}
        found |= {"service": service} if service != self._name else {}
        found |= {"port": self._port(routed, service)}
        if routed:
            found |= self._way(routed, service, version_of)
        if versions:
            found["versions"] = list(versions.values())
        if rule:
            found |= policy_draft(rule.spec.get("trafficPolicy"))
        return found | {"external": self._pods(service)}

    @property
    def _name(self) -> str:
        return self.first.name

    def _host(self, service: str) -> str:
        return full_host(service, self.first.namespace)

    def _service(self, routed: Sequence[Item], rule: Item | None) -> str:
        """The app's own Service: of its rule, of the host that it has in the mesh, of all destinations."""
        if rule:
            return self._named(str(rule.spec.get("host", "")))
        hosts = [str(host) for each in routed for host in as_list(each.spec.get("hosts"))]
        own = [host for host in hosts if self._exists(host)]
        going = {destination_of(each)[0] for each in self._destinations(routed)}
        return self._named((own or (sorted(going) if len(going) == 1 else [self._name]))[0])

    def _exists(self, host: str) -> bool:
        return self.graph.service(host, self.first.namespace) is not None

    def _named(self, host: str) -> str:
        """Name of a Service in this namespace."""
        key = service_key(host, self.first.namespace)
        if key is None or key[0] != self.first.namespace:
            raise UnsaidError(f"host {host}")
        return key[1]

    def _destinations(self, routed: Sequence[Item]) -> list[dict[str, Any]]:
        return [found for each in routed for key in _PROTOCOLS for found in destinations_in(each.spec.get(key))]

    def _versions(self, routed: Sequence[Item], rule: Item | None, service: str) -> dict[Destination, Draft]:
        """Where requests go -> the version that this is."""
        found: dict[Destination, Draft] = {}
        for subset in as_maps(part(rule.spec, "host", "trafficPolicy", "subsets").get("subsets")) if rule else ():
            said = part(subset, "name", "labels", "trafficPolicy")
            labels = as_map(said.get("labels"))
            own = {} if labels == {"version": said.get("name")} else {"labels": labels}
            key = (self._host(service), str(said.get("name")))
            found[key] = {"name": said.get("name"), **own, **policy_draft(said.get("trafficPolicy"))}
        going = [destination_of(each) for each in self._destinations(routed)]
        several = len(set(going)) > 1
        for host, subset in sorted(going):
            named = self._named(host)
            if not subset and (named != service or several):
                short = named.removeprefix(f"{self._name}-")
                found.setdefault((self._host(named), ""), {"name": short, "service": named, **self._own_policy(named)})
        return found

    def _own_policy(self, service: str) -> Draft:
        """What a rule of the Service of one version says."""
        for each in self.objects:
            if each.kind == "DestinationRule" and each.name != self._name:
                said = part(each.spec, "host", "trafficPolicy")
                if self._named(str(said.get("host"))) == service:
                    return policy_draft(said.get("trafficPolicy"))
        return {}

    def _port(self, routed: Sequence[Item], service: str) -> int:
        said = [as_map(each.get("port")).get("number") for each in self._destinations(routed)]
        ports = {int(port) for port in said if port is not None}
        if len(ports) == 1:
            return ports.pop()
        only = only_port(self.graph, self._host(service))
        if ports or only is None:
            raise UnsaidError("several ports" if ports else "no port")
        return only

    def _way(self, routed: Sequence[Item], service: str, version_of: Any) -> Draft:
        """Hosts, gateways and routes. Two VirtualServices of an app differ in hosts and gateways alone."""
        said = [part(each.spec, "hosts", "gateways", "exportTo", *_PROTOCOLS) for each in routed]
        kinds = {key for each in said for key in _PROTOCOLS if key in each}
        if len(kinds) != 1:
            raise UnsaidError("several protocols")
        kind = kinds.pop()
        draft = route_draft if kind == "http" else connection_draft
        routes = [draft(each, version_of) for each in as_maps(said[0][kind])]
        found: Draft = {} if kind == "http" else {"protocol": _PROTOCOLS[kind]}
        if not said[0].get("hosts"):
            return {**found, "delegated": True, "routes": routes}
        bound = [str(each) for one in said for each in as_list(one.get("gateways")) or [MESH]]
        names = sorted((self._gateway(each) for each in bound), key=lambda name: name == MESH)
        hosts = [str(host) for one in said for host in as_list(one.get("hosts"))]
        outside = [host for host in hosts if full_host(host, self.first.namespace) != self._host(service)]
        found |= {"gateways": names} if names != [MESH] else {}
        found |= {"hosts": outside} if outside not in ([], ["*"]) else {}
        return found | ({"routes": routes} if routes != [{}] or MESH in names else {})

    def _gateway(self, bound: str) -> str:
        if bound == MESH:
            return MESH
        full = bound if "/" in bound else f"{self.first.namespace}/{bound}"
        names = [name for name, binding in self.bindings.items() if binding == full]
        if not names:
            raise UnsaidError(f"gateway {full}")
        return names[0]

    def _pods(self, service: str) -> Draft | bool:
        """The labels of its pods, as far as its Service says them."""
        found = self.graph.services.get((self.first.namespace, service))
        labels = as_map(found.get("spec", "selector")) if found else {}
        return {"labels": {key: str(value) for key, value in sorted(labels.items())}} if labels else True
