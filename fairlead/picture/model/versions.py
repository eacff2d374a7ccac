"""Where do requests end? The subsets, Services and hosts behind an app's routes, with the pods that each means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from fairlead.picture.model.model import Version
from fairlead.picture.model.routes import Target
from fairlead.picture.model.sources import Sources
from fairlead_mesh.model.clients import Clients
from fairlead_mesh.model.destination_rules import Client, Subset, subsets
from fairlead_mesh.model.graph import service_key
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.sidecars import is_gateway
from fairlead_mesh.model.pods.workloads import Workload, labels_in_words
from fairlead_mesh.model.virtual_service import destinations

NOT_HERE = "pods are not in this stack"
_OUTSIDE = "outside the mesh"


class Versions:
    """What hosts and subsets of a mesh mean."""

    def __init__(self, sources: Sources):
        self._sources = sources
        self._graph = sources.graph

    @cached_property
    def _clients(self) -> Clients:
        return Clients(self._graph)

    @cached_property
    def _routed(self) -> dict[str, list[list[Item]]]:
        """Host -> the DestinationRules that each client follows whose requests a VirtualService routes there."""
        found: dict[str, list[list[Item]]] = defaultdict(list)
        for item in self._graph.all_of_kind("VirtualService"):
            for destination in destinations(item):
                found[destination.full_host] += [rules for _, rules in self._clients.rules_of(destination)]
        return found

    def rules(self, host: str) -> list[Item]:
        """The DestinationRules that somebody follows for a host, those by wildcard included."""
        home = self._clients.home(host)
        own = self._clients.rules.of(host, home, Client(home))
        return list(dict.fromkeys([*own, *(rule for rules in self._routed.get(host, ()) for rule in rules)]))

    def service(self, host: str) -> Item | None:
        return self._graph.service(host, "")

    def subsets(self, host: str) -> dict[str, Subset]:
        """Name -> subset of a host, as some client has it."""
        return {name: subset for rules in self._routed.get(host, ()) for name, subset in subsets(rules).items()}

    def workloads(self, target: Target) -> list[Workload]:
        """The pods that a destination means, as far as this stack has them."""
        host, subset = target
        service = self.service(host)
        if not service or not subset:
            return self._graph.pods_of(service) if service else []
        meant = self.subsets(host).get(subset)
        return meant.pods(self._graph, service) if meant else []

    def version(self, target: Target, name: str) -> Version:
        """One destination, under the name that its app has for it."""
        host, subset = target
        service, found = self.service(host), self.workloads(target)
        entries = self._graph.service_entry_hosts.get(host, [])
        kind = "subset" if subset else "Service" if service_key(host, "") else "host"
        if subset and not all(subset in subsets(rules) for rules in self._routed.get(host, ())):
            kind = "subset is not defined" + (" for all clients" if subset in self.subsets(host) else "")
        elif subset and self.subsets(host)[subset].is_open:
            kind = "subset by node"
        pods = tuple(workload_in_words(each) for each in found)
        if not pods:
            unseen = NOT_HERE if service_key(host, "") else "not in this stack"
            pods = (_OUTSIDE if entries else unseen,)
        behind = [service, *self.rules(host), *entries, *(each.item for each in found)]
        return Version(name, kind, pods, self._sources.numbers(behind))

    def plain(self, service: Item) -> tuple[list[Workload], Version]:
        """A Service that no routing object leads to."""
        found = self._graph.pods_of(service)
        pods = tuple(workload_in_words(each) for each in found) or (_of_no_pods(service),)
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


def _of_no_pods(service: Item) -> str:
    if service.get("spec", "type") == "ExternalName":
        return f"ExternalName {service.get('spec', 'externalName')}"
    return NOT_HERE if service.get("spec", "selector") else "no selector: manual endpoints"


def workload_in_words(workload: Workload) -> str:
    """`Deployment reviews-v1, 3 pods, no sidecar`."""
    return ", ".join(_parts(workload))


def _parts(workload: Workload) -> Iterator[str]:
    if is_gateway(workload):
        yield f"gateway {workload.item.name}"
        return
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
