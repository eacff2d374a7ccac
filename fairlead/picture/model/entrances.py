"""Where do requests come in? Each gateway's pods with what stands before them, and the callers inside the mesh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fairlead.evaluation.chart_objects import gateway_chart
from fairlead.evaluation.snapshot import Resource
from fairlead.picture.model.balancers import balancer, is_open, outside
from fairlead.picture.model.model import Entrance
from fairlead.picture.model.policies import Policies
from fairlead.picture.model.sources import Sources
from fairlead_mesh.model.gateway_listeners import gateway_selector, servers
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.virtual_service import MESH

_NOT_HERE = "not in this stack"


@dataclass
class _Pods:
    """Pods of Envoy: their labels, the Service before them, and the Istio Gateways that they serve."""

    key: str
    title: str
    labels: Mapping[str, Any]
    service: Mapping[str, Any] | None
    facts: tuple[str, ...]
    release: Resource | None = None
    workload: Workload | None = None
    services: tuple[Item, ...] = ()
    gateways: list[Item] = field(default_factory=list[Item])


class Entrances:
    """The entrances of a mesh: `of_gateway` says which one an Istio Gateway (`namespace/name`) opens."""

    def __init__(self, sources: Sources):
        self._sources = sources
        made = (_of_release(each, sources) for each in sorted(sources.releases, key=lambda each: each.name))
        self._pods = {pods.key: pods for pods in made if pods}
        self.of_gateway: dict[str, str] = {MESH: MESH}
        for (namespace, name), gateway in sorted(sources.graph.gateways.items()):
            pods = self._serving(gateway)
            pods.gateways.append(gateway)
            self.of_gateway[f"{namespace}/{name}"] = pods.key

    @property
    def workloads(self) -> frozenset[Workload]:
        return frozenset(pods.workload for pods in self._pods.values() if pods.workload)

    def key(self, gateway: str) -> str:
        """The entrance of a gateway that a VirtualService names; a gateway of other people's is one of its own."""
        return self.of_gateway.setdefault(gateway, gateway)

    def pods_of(self, key: str) -> tuple[Mapping[str, Any], bool] | None:
        """The labels of an entrance's pods, and whether callers from outside of the cluster reach them."""
        pods = self._pods.get(key)
        if pods is None:
            return None
        return pods.labels, pods.service is not None and is_open(pods.service)

    def _serving(self, gateway: Item) -> _Pods:
        selector = gateway_selector(gateway)
        for pods in self._pods.values():
            if selector and selector.items() <= pods.labels.items():
                return pods
        found = self._sources.graph.selected(None, selector) if selector else []
        new = self._of_workload(found[0]) if found else _elsewhere(gateway, selector)
        return self._pods.setdefault(new.key, new)

    def _of_workload(self, workload: Workload) -> _Pods:
        key = f"{workload.namespace}/{workload.item.name}"
        services = tuple(self._sources.graph.services_of.get(workload, ()))
        service = {**services[0].spec, "annotations": services[0].annotations} if services else None
        # A Service without a type is one inside the cluster; only the chart's default is a load balancer.
        told = {**service, "type": service.get("type") or "ClusterIP"} if service else None
        facts = (f"{workload.item.kind} in {workload.namespace}",)
        return _Pods(key, workload.item.name, workload.labels, told, facts, workload=workload, services=services)

    def drawn(self, used: set[str], policies: Policies) -> tuple[Entrance, ...]:
        """All entrances: gateways, then those of other people that `used` names too, then the callers in the mesh."""
        own = [self._entrance(self._pods[key], policies) for key in sorted(self._pods, key=_by_name)]
        others = [
            Entrance(key, key, "", facts=(f"a gateway that is {_NOT_HERE}",), known=False)
            for key in sorted(used - self._pods.keys() - {MESH}, key=_by_name)
        ]
        inside = [
            Entrance(MESH, "Sidecars", "Clients in the mesh", facts=("every pod with a sidecar uses these routes",))
        ]
        return (*own, *others, *(inside if MESH in used else []))

    def _entrance(self, pods: _Pods, policies: Policies) -> Entrance:
        sources = self._sources
        badges = policies.pods.get(pods.workload, []) if pods.workload else []
        objects = sources.number(*([pods.release] if pods.release else []))
        made_by = [pods.workload.item] if pods.workload else []
        before = None
        if pods.service is not None:
            before = balancer(pods.service, sources, pods.release)
            of_service = sources.numbers(pods.services) or objects
            before = replace(before, objects=(*of_service, *before.objects))
        return Entrance(
            pods.key,
            pods.title,
            outside(pods.service) if pods.service is not None else "",
            before,
            pods.facts if pods.gateways else (*pods.facts, "no Gateway object: no host is served"),
            tuple(_servers(pods.gateways)),
            tuple(dict.fromkeys(badges)),
            (*objects, *sources.numbers([*made_by, *pods.gateways])),
            known=pods.release is not None or pods.workload is not None,
        )


def _by_name(key: str) -> tuple[str, str]:
    """So that a gateway keeps its place, whoever it is exposed to."""
    namespace, _, name = key.partition("/")
    return name, namespace


def _of_release(release: Resource, sources: Sources) -> _Pods | None:
    chart = gateway_chart(release)
    if chart is None:
        return None
    facts = (f"chart gateway {release.inputs.get('version', '')} in {chart.namespace}", *_scale(chart.values))
    service = {**chart.service, "annotations": chart.annotations}
    workload = next(iter(sources.graph.selected(chart.namespace, chart.labels)), None)
    key = f"{chart.namespace}/{chart.name}"
    return _Pods(key, chart.name, chart.labels, service, facts, release, workload)


def _scale(values: Mapping[str, Any]) -> Iterator[str]:
    scaling = as_map(values.get("autoscaling"))
    if scaling.get("enabled") and scaling.get("maxReplicas"):
        yield f"{scaling.get('minReplicas', 1)} to {scaling['maxReplicas']} pods"
    elif values.get("replicaCount"):
        yield f"{values['replicaCount']} pod{'' if values['replicaCount'] == 1 else 's'}"


def _elsewhere(gateway: Item, selector: Mapping[str, Any]) -> _Pods:
    chosen = ", ".join(f"{key}={value}" for key, value in sorted(selector.items(), key=str))
    key = f"pods {chosen}" if chosen else f"{gateway.namespace}/{gateway.name}"
    return _Pods(key, gateway.name, {}, None, (f"pods {chosen or 'without a selector'}: {_NOT_HERE}",))


def _servers(gateways: list[Item]) -> Iterator[str]:
    """`443 HTTPS shop.example.com, TLS SIMPLE`."""
    for server in (each for gateway in gateways for each in servers(gateway)):
        mode = f", TLS {server.tls['mode']}" if server.tls.get("mode") else ""
        redirect = ", redirects to https" if server.tls.get("httpsRedirect") else ""
        yield f"{server.port or '?'} {server.protocol} {', '.join(server.hosts) or 'no host'}{mode}{redirect}"
