"""What is taken to be around two sides of a mesh? What neither of them has and both speak of belongs to somebody else:
it is there, alike on both sides.

Gateways' pods and Services, Gateways, Services of destinations, subsets, the pods of Services, and clients.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fairlead_mesh.model.classes.clients import is_client, named_by_policy, named_by_routes
from fairlead_mesh.model.classes.stand_ins import deployment, manifest, namespace_of_pods
from fairlead_mesh.model.graph import Graph, full_host, service_key
from fairlead_mesh.model.hostnames import covers, patterns
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.sidecars import INJECT
from fairlead_mesh.model.traffic.balancer_traffic import SCHEME, is_internal
from fairlead_mesh.model.virtual_service import MESH, destinations, gateways

ELSEWHERE, ANY_CLIENT = "another-namespace", "any-client"
WITHOUT_SIDECAR = "outside-the-mesh"
_STUB = "fairlead/stands-for"
Sides = tuple[Graph, Graph]


def completed(before: Graph, after: Graph, *, from_inside: bool = True) -> Sides:
    """Both sides with what is around them; `from_inside`: clients are where internal load balancers have addresses."""
    sides: Sides = (_reached(before), _reached(after)) if from_inside else (before, after)
    for step in (_gateways, _pods_of_gateways, _services, _selectors, _subsets, _pods, _clients):
        more = tuple(Item(each, brought=True) for each in step(sides))
        sides = _with(sides[0], more), _with(sides[1], more)
    return sides


def _reached(side: Graph) -> Graph:
    return replace(side, items=tuple(map(_open, side.items)))


def _open(item: Item) -> Item:
    if item.kind != "Service" or not is_internal(item):
        return item
    others = {key: value for key, value in item.annotations.items() if not key.endswith("load-balancer-internal")}
    metadata = {**item.metadata, "annotations": {**others, SCHEME: "internet-facing"}}
    return Item({**item.manifest, "metadata": metadata}, brought=item.brought)


def _with(side: Graph, more: tuple[Item, ...]) -> Graph:
    return replace(side, items=(*side.items, *more)) if more else side


def _both(sides: Sides, *kinds: str) -> Iterator[Item]:
    return (item for side in sides for item in side.all_of_kind(*kinds))


def _gateways(sides: Sides) -> Iterator[dict[str, Any]]:
    """Gateways that VirtualServices name and no side has."""
    known = {key for side in sides for key in side.gateways}
    named = (name for item in _both(sides, "VirtualService") for name in gateways(item) if name != MESH)
    for name in sorted(set(named)):
        namespace, _, short = name.partition("/")
        if (namespace, short) not in known:
            server = {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": ["*"]}
            spec = {"selector": {_STUB: short}, "servers": [server]}
            yield manifest("networking.istio.io/v1", "Gateway", namespace, short, spec)


def _pods_of_gateways(sides: Sides) -> Iterator[dict[str, Any]]:
    """The pods that a Gateway selects, with a Service before them."""
    made: set[str] = set()
    for item in [gateway for side in sides for gateway in side.gateways.values()]:
        selector = as_map(item.get("spec", "selector"))
        name = item.name
        if any(side.selected(None, selector) for side in sides) or str(selector) in made:
            continue
        made.add(str(selector))
        same = [each for side in sides for each in side.gateways.values() if each.get("spec", "selector") == selector]
        numbers = sorted({port for each in same for _, one in each.maps("spec", "servers")
                          if isinstance(port := as_map(one.get("port")).get("number"), int)})  # fmt: skip
        labels = {**selector, _STUB: name, INJECT: "true"}
        yield deployment(item.namespace, name, labels, templates="gateway")
        ports = [{"name": f"port-{each}", "port": each} for each in numbers]
        spec = {"type": "LoadBalancer", "selector": {_STUB: name}, "ports": ports}
        yield manifest("v1", "Service", item.namespace, name, spec)


def _services(sides: Sides) -> Iterator[dict[str, Any]]:
    """The Services of the cluster that routes lead to."""
    wanted: dict[tuple[str, str], set[int]] = {}
    for item in _both(sides, "VirtualService"):
        for each in destinations(item):
            if (key := service_key(each.full_host, item.namespace)) and each.full_host.endswith(".svc.cluster.local"):
                wanted.setdefault(key, set()).update([each.port] if each.port else [])
    known = {key for side in sides for key in side.services}
    hosts = {host for side in sides for host in side.service_entry_hosts}
    for (namespace, name), ports in sorted(wanted.items()):
        if (namespace, name) not in known and f"{name}.{namespace}.svc.cluster.local" not in hosts:
            listed = [{"name": f"http-{port}", "port": port} for port in sorted(ports or {80})]
            yield manifest("v1", "Service", namespace, name, {"selector": {_STUB: name}, "ports": listed})


def _selectors(sides: Sides) -> Iterator[dict[str, Any]]:
    """Whom Services without a selector lead to, nobody knows: some pods, the same on both sides."""
    listed = {(item.namespace, item.name) for item in _both(sides, "Service") if not item.get("spec", "selector")}
    for namespace, name in sorted(listed):
        holders = [side.services[namespace, name] for side in sides if (namespace, name) in side.services]
        if all(not each.get("spec", "selector") and each.get("spec", "type") != "ExternalName" for each in holders):
            spec = {"hosts": [f"{name}.{namespace}.svc.cluster.local"], "location": "MESH_INTERNAL",
                    "resolution": "STATIC",
                    "workloadSelector": {"labels": {_STUB: name}},
                    "ports": [_entry_port(port) for _, port in holders[0].maps("spec", "ports")]}  # fmt: skip
            yield manifest("networking.istio.io/v1", "ServiceEntry", namespace, f"{name}-endpoints", spec)
            yield deployment(namespace, name, {_STUB: name})


def _entry_port(port: Mapping[str, Any]) -> dict[str, Any]:
    return {"number": port.get("port"), "name": str(port.get("name", "")), "protocol": "HTTP"}


def _subsets(sides: Sides) -> Iterator[dict[str, Any]]:
    """Subsets that routes name and that no DestinationRule of any side defines."""
    known = {(full_host(str(item.get("spec", "host") or ""), item.namespace), str(subset.get("name")))
             for item in _both(sides, "DestinationRule") for _, subset in item.maps("spec", "subsets")}  # fmt: skip
    missing: dict[tuple[str, str], set[str]] = {}
    for item in _both(sides, "VirtualService"):
        for each in destinations(item):
            if each.subset and not any((host, each.subset) in known for host in patterns(each.full_host)):
                missing.setdefault((item.namespace, each.full_host), set()).add(each.subset)
    for number, ((namespace, host), names) in enumerate(sorted(missing.items())):
        if not any(covers(known_host, host) for known_host, _ in known):
            key = service_key(host, namespace)
            spec = {"host": host, "subsets": [{"name": name, "labels": {"version": name}} for name in sorted(names)]}
            yield manifest(
                "networking.istio.io/v1", "DestinationRule", key[0] if key else namespace, f"subsets-{number}", spec
            )


def _pods(sides: Sides) -> Iterator[dict[str, Any]]:
    """The pods of Services that have none on either side: of each subset, one kind."""
    labels: dict[str, list[dict[str, Any]]] = {}
    for item in _both(sides, "DestinationRule"):
        host = full_host(str(item.get("spec", "host") or ""), item.namespace)
        named = ({"": "", **as_map(subset.get("labels"))} for _, subset in item.maps("spec", "subsets"))
        labels.setdefault(host, []).extend({key: value for key, value in each.items() if key} for each in named)
    seen: set[str] = set()
    for key in sorted({key for side in sides for key in side.services}):
        selectors = [as_map(side.services[key].get("spec", "selector")) for side in sides if key in side.services]
        if any(side.selected(key[0], each) for side in sides for each in selectors if each) or not any(selectors):
            continue
        subsets = labels.get(f"{key[1]}.{key[0]}.svc.cluster.local", [])
        for selector in selectors:
            for each in subsets or [{}]:
                name = "-".join([key[1], *map(str, each.values())])
                text = f"{key[0]}/{name}/{sorted(selector.items())}"
                if text not in seen and selector:
                    seen.add(text)
                    yield deployment(key[0], name, {**selector, **each})


def _clients(sides: Sides) -> Iterator[dict[str, Any]]:
    """Pods that call: in each namespace one without labels, one elsewhere, and one without a sidecar."""
    known = {name for side in sides for name in side.namespaces}
    used = {item.namespace for item in _both(sides, "Service", "VirtualService", "ServiceEntry", "Deployment")}
    used |= {client.namespace for item in _both(sides, "AuthorizationPolicy") for client in named_by_policy(item)} - {
        ""
    }
    yield namespace_of_pods(ELSEWHERE, injected=True)
    yield namespace_of_pods(WITHOUT_SIDECAR, injected=False)
    for home in sorted(used - known):
        yield namespace_of_pods(home, injected=True)
    for home in sorted({*used, *known, ELSEWHERE}):
        yield deployment(home, ANY_CLIENT, {_STUB: ANY_CLIENT}, account=ANY_CLIENT)
    named = {client for item in _both(sides, "AuthorizationPolicy") for client in named_by_policy(item)}
    named |= {client for side in sides for item in side.all_of_kind("VirtualService")
              for client in named_by_routes(item, side)}  # fmt: skip
    for number, client in enumerate(sorted(named, key=str)):
        if not any(is_client(pod, client) for side in sides for pod in side.pods.all):
            labels = dict(client.labels) or {_STUB: f"client-{number}"}
            name = client.account or f"client-{number}"
            yield deployment(client.namespace or ELSEWHERE, name, labels, account=name)
    yield deployment(WITHOUT_SIDECAR, ANY_CLIENT, {_STUB: ANY_CLIENT})
