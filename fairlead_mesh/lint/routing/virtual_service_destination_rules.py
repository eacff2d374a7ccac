"""Is there anything where requests are sent? The hosts, ports and subsets of a VirtualService's destinations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.backends import Backends, ports
from fairlead_mesh.model.elsewhere import Elsewhere
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.hostnames import is_label
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.served_hosts import known_gateways, ports_of_gateway
from fairlead_mesh.model.virtual_service import (
    EVERY_NAMESPACE,
    MESH,
    Destination,
    destinations,
    routes,
    seen_from,
    strings,
    ways_in,
)
from fairlead_mesh.model.virtual_service import virtual_services as all_of

_PORTS = range(1, 65536)


@object_rule("webhook")
def destinations_are_named(graph: Graph) -> Iterator[Hit]:
    """A destination or mirror has a host: istiod rejects one without."""
    for item in all_of(graph):
        for route, value in routes(item):
            shares = [(place, (*place, "destination")) for place, _ in item.maps(*route, "route")]
            shares += [(place, (*place, "destination")) for place, _ in item.maps(*route, "mirrors")]
            shares += [((*route, "mirror"), (*route, "mirror"))] if isinstance(value.get("mirror"), dict) else []
            for place, at in shares:
                if not as_map(item.get(*at)).get("host"):
                    message = "it has no destination host; istiod's webhook rejects the whole VirtualService"
                    yield item.hit(place, message, "write destination: {host: <service>.<namespace>.svc.cluster.local}")


@object_rule("webhook")
def destinations_name_what_can_be(graph: Graph) -> Iterator[Hit]:
    """A destination's port is a number from 1 to 65535 and its subset a DNS label: istiod rejects others."""
    for item in all_of(graph):
        for each in destinations(item):
            port = each.value.get("port")
            if isinstance(port, dict) and (each.port or 0) not in _PORTS:
                place = (*each.path, "port") if each.port is None else (*each.path, "port", "number")
                message = "not a port from 1 to 65535; istiod's webhook rejects the whole VirtualService"
                yield item.hit(place, message, "write port: {number: ...}, a port of the Service")
            if each.subset and not is_label(each.subset):
                message = "not a valid subset name; istiod's webhook rejects the whole VirtualService"
                yield item.hit((*each.path, "subset"), message, "write letters, digits and '-', such as v2")


@object_rule("IST0101", "KIA1101")
def destinations_exist(graph: Graph) -> Iterator[Hit]:
    """A destination is a Service or ServiceEntry that exists and is visible to the route's namespace; else it is a 503.

    istiod accepts the object; Envoy then has a route without a cluster and answers every request with 503 (flag NC). A
    name with a dot is a full host name: for Istio, `reviews.default` is not a Service.
    """
    backends, elsewhere = graph.once(Backends), graph.once(Elsewhere)
    for item in all_of(graph):
        for each in destinations(item):
            place = (*each.path, "host")
            exported = seen_from(item, graph.mesh_config, "defaultVirtualServiceExportTo")
            viewers = [item.namespace] if EVERY_NAMESPACE in exported else sorted(exported)
            found = backends.behind(each.host, item.namespace)
            if not backends.knowable(each.host) or any(
                backends.sees(one, each_in) for one in found for each_in in viewers
            ):
                continue
            if whole := backends.meant(each.host, item.namespace):
                message = "a name with a dot is a full host name, so this matches no Service; its requests get 503"
                yield item.hit(place, message, f"write {whole}")
            elif found:
                message = f"{found[0]} is not exported to namespace {', '.join(viewers)}; its requests get 503"
                yield item.hit(place, message, f"add {viewers[0]} to its exportTo, or route elsewhere")
            elif severity := elsewhere.missing_service(each.host, item.namespace):
                message = f"no Service or ServiceEntry {each.full_host} is known; without one its requests get 503"
                remedy = "fix the name, write the full name if it is in another namespace, or add a ServiceEntry"
                yield item.hit(place, message, remedy, severity=severity)


@object_rule("IST0101")
def destination_ports_exist(graph: Graph) -> Iterator[Hit]:
    """A destination's port is a port of its Service (not of its pods); otherwise requests get 503."""
    backends = graph.once(Backends)
    for item in all_of(graph):
        for each in destinations(item):
            found = backends.visible(each.host, item.namespace)
            known = sorted({port for backend in found for port in ports(backend)})
            if each.port and each.port in _PORTS and known and each.port not in known:
                listed = ", ".join(str(port) for port in known)
                message = f"{found[0]} has no port {each.port}: Envoy finds no cluster and answers 503"
                yield item.hit((*each.path, "port", "number"), message, f"write a port of the Service: {listed}")


@object_rule("IST0112")
def destination_ports_are_said(graph: Graph) -> Iterator[Hit]:
    """A destination whose Service has several ports names one; otherwise the port of the request is used.

    At a gateway that is the listener's 80 or 443, which the Service rarely has: 503. Where requests come on ports of
    the Service alone, as those of clients in the mesh that use its own name, it is a matter of taste.
    """
    backends, gateways = graph.once(Backends), known_gateways(graph)
    for item in all_of(graph):
        own = {name for _, name in strings(item, "spec", "hosts")}
        for each in destinations(item):
            found = backends.visible(each.host, item.namespace)
            known = ports(found[0]) if found else []
            if "port" not in each.value and len(known) > 1:
                asked = _asked(each, gateways, known if own & {each.host, each.full_host} else [])
                listed = ", ".join(str(port) for port in known)
                message = f"{found[0]} has ports {listed} and none is set; a request on any other port gets 503"
                severity = "info" if asked and asked <= {*known} else "error"
                yield item.hit((*each.path, "host"), message, f"add port: {{number: {known[0]}}}", severity=severity)


def _asked(each: Destination, gateways: Mapping[str, Item], own: Sequence[int]) -> set[int]:
    """The ports on which requests come to a destination's route; none where not all are known."""
    found = set[int]()
    for names, port in ways_in(each.item, each.route):
        for name in names:
            mine = {port} if port else {*own} if name == MESH else set[int]()
            if not mine and name in gateways:
                mine = ports_of_gateway(gateways[name])
            if not mine:
                return set()
            found |= mine
    return found


@object_rule("KIA1105", severity="warning")
def destinations_of_a_route_differ(graph: Graph) -> Iterator[Hit]:
    """A route with the same destination twice splits nothing between the two: one should be another.

    Where each of the two changes headers in its own way, the split is one of what is sent.
    """
    for item in all_of(graph):
        seen: dict[tuple[object, ...], int] = {}
        for each in destinations(item):
            changes = as_map(item.get(*each.path[:-1])).get("headers") if each.path[-1] == "destination" else None
            key = (each.route, each.path[: len(each.route) + 1], each.full_host, each.subset, each.port, str(changes))
            if key in seen:
                message = f"the same destination as route {seen[key]}: the split between the two has no effect"
                yield item.hit((*each.path, "host"), message, "use another host, subset or port, or merge the weights")
            elif each.path[-1] == "destination":
                seen[key] = int(each.path[-2])
