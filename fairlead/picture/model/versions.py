"""Where do requests end? The subsets, Services and hosts behind an app's routes, with the pods that each means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from fairlead.picture.model.model import Version
from fairlead.picture.model.routes import Target
from fairlead.picture.model.sources import Sources
from mesh.model.graph import full_host, service_key
from mesh.model.item import Item
from mesh.model.workloads import Workload, labels_in_words
from mesh.model.yaml_values import as_map

NOT_HERE = "pods are not in this stack"
_OUTSIDE = "outside the mesh"


class Versions:
    """What hosts and subsets of a mesh mean."""

    def __init__(self, sources: Sources, of_gateways: Mapping[tuple[str, str], str]):
        """`of_gateways`: the Services that charts bring for gateways, and what stands behind each."""
        self._sources = sources
        self._of_gateways = of_gateways
        self._graph = sources.graph

    @cached_property
    def rules(self) -> dict[str, list[Item]]:
        """Full host -> its DestinationRules."""
        found: dict[str, list[Item]] = defaultdict(list)
        for item in self._graph.all_of_kind("DestinationRule"):
            found[full_host(str(item.get("spec", "host") or ""), item.namespace)].append(item)
        return found

    def service(self, host: str) -> Item | None:
        return self._graph.service(host, "")

    def subsets(self, host: str) -> dict[str, Mapping[str, Any]]:
        """Subset -> labels of its pods."""
        found = (subset for rule in self.rules.get(host, ()) for _, subset in rule.maps("spec", "subsets"))
        return {str(subset.get("name", "")): as_map(subset.get("labels")) for subset in found}

    def workloads(self, target: Target) -> list[Workload]:
        """The pods that a destination means, as far as this stack has them."""
        host, subset = target
        service = self.service(host)
        selector = as_map(service.get("spec", "selector")) if service else {}
        if not service or not selector:
            return []
        labels = as_map(self.subsets(host).get(subset))
        return self._graph.selected(service.namespace, {**selector, **labels})

    def version(self, target: Target, name: str) -> Version:
        """One destination, under the name that its app has for it."""
        host, subset = target
        service, found = self.service(host), self.workloads(target)
        entries = self._graph.service_entry_hosts.get(host, [])
        kind = "subset" if subset else "Service" if service_key(host, "") else "host"
        if subset and subset not in self.subsets(host):
            kind = "subset is not defined"
        pods = tuple(workload_in_words(each) for each in found)
        if not pods:
            pods = (_OUTSIDE if entries else self._without_pods(service_key(host, "")),)
        behind = [service, *self.rules.get(host, ()), *entries, *(each.item for each in found)]
        return Version(name, kind, pods, self._sources.numbers(behind))

    def _without_pods(self, key: tuple[str, str] | None) -> str:
        return self._of_gateways.get(key, NOT_HERE) if key else "not in this stack"

    def plain(self, service: Item) -> tuple[list[Workload], Version]:
        """A Service that no routing object leads to."""
        selector = as_map(service.get("spec", "selector"))
        found = self._graph.selected(service.namespace, selector) if selector else []
        pods = tuple(workload_in_words(each) for each in found) or (_of_no_pods(service, selector),)
        numbers = self._sources.numbers([service, *(each.item for each in found)])
        return found, Version(service.name, "Service", pods, numbers)

    def names(self, targets: Iterable[Target]) -> dict[Target, str]:
        """What to call each destination: its subset or Service, with both or the full host where one word would not
        tell it from another."""
        listed = list(targets)
        for called in (_short, _both):
            names = {target: called(target) for target in listed}
            if len(set(names.values())) == len(names):
                return names
        return {target: " ".join(part for part in target if part) for target in listed}


def _short(target: Target) -> str:
    host, subset = target
    key = service_key(host, "")
    return subset or (key[1] if key else host)


def _both(target: Target) -> str:
    host, subset = target
    return f"{_short((host, ''))} {subset}".rstrip()


def _of_no_pods(service: Item, selector: Mapping[str, Any]) -> str:
    if service.get("spec", "type") == "ExternalName":
        return f"ExternalName {service.get('spec', 'externalName')}"
    return NOT_HERE if selector else "no selector: manual endpoints"


def workload_in_words(workload: Workload) -> str:
    """`Deployment reviews-v1, 3 pods, no sidecar`."""
    return ", ".join(_parts(workload))


def _parts(workload: Workload) -> Iterator[str]:
    if workload.item.brought:
        yield f"pods with {labels_in_words(workload.labels)}, not of this stack"
        return
    yield f"{workload.item.kind} {workload.item.name}"
    replicas = workload.item.get("spec", "replicas")
    if isinstance(replicas, int) and replicas != 1:
        yield f"{replicas} pods"
    inject = {**workload.annotations, **workload.labels}.get("sidecar.istio.io/inject")
    if str(inject).lower() == "false":
        yield "no sidecar"
