"""What does a mesh consist of, as far as it is known? Every object, found by what others call it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, TypeVar, cast

from fairlead_mesh.findings import Severity
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN, covers
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.repeats import Repeat, latest
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.injector import injects_by_default
from fairlead_mesh.model.pods.workloads import MACHINES, TEMPLATED, Workload, Workloads, machines, workloads

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Graph:
    """The objects of a mesh.

    `closed`: what is given is all that exists (plain files, each namespace whole). Otherwise somebody else's objects
    may be there too, and what is missing is unknown, not wrong. `mesh_config` is Istio's MeshConfig. `others` are
    documents that stood beside the objects and are none, such as values of a chart; `repeated` are objects that files
    define in several ways.
    """

    items: tuple[Item, ...]
    closed: bool
    root_namespace: str = "istio-system"
    mesh_config: Mapping[str, Any] | None = None
    others: tuple[Item, ...] = ()
    repeated: tuple[Repeat, ...] = ()

    @cached_property
    def _made(self) -> dict[Any, Any]:
        return {}

    def once(self, make: Callable[[Graph], _Made]) -> _Made:
        """What `make` makes of the mesh, once for all who ask."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]

    @cached_property
    def _by_kind(self) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = defaultdict(list)
        for item in self.items:
            found[item.kind].append(item)
        return found

    def of_kind(self, *kinds: str) -> list[Item]:
        """Objects of these kinds that somebody wrote, in order; what a chart brings is not theirs to fix."""
        return [item for kind in kinds for item in self._by_kind.get(kind, []) if not item.brought]

    def all_of_kind(self, *kinds: str) -> list[Item]:
        """As `of_kind`, with what charts bring."""
        return [item for kind in kinds for item in self._by_kind.get(kind, [])]

    @property
    def missing(self) -> Severity:
        """How bad it is that something cannot be found: only a closed world knows that it is not there."""
        return "error" if self.closed else "warning"

    @cached_property
    def services(self) -> dict[tuple[str, str], Item]:
        """(namespace, name) -> Service."""
        return {(item.namespace, item.name): item for item in self.all_of_kind("Service")}

    @cached_property
    def namespaces(self) -> dict[str, Item]:
        return {item.name: item for item in self.all_of_kind("Namespace")}

    @cached_property
    def gateways(self) -> dict[tuple[str, str], Item]:
        """(namespace, name) -> Istio Gateway."""
        istio = (item for item in self.all_of_kind("Gateway") if "istio.io" in str(item.manifest.get("apiVersion")))
        return {(item.namespace, item.name): item for item in istio}

    @cached_property
    def injects_by_default(self) -> bool:
        """Whether an istiod injects namespaces that say nothing."""
        return injects_by_default(self.all_of_kind("ConfigMap"))

    @cached_property
    def pods(self) -> Workloads:
        kinds = ("Pod", *TEMPLATED)
        return workloads([*self.all_of_kind(*kinds), *(item for item in self.items if item.kind not in kinds)])

    @cached_property
    def machines(self) -> Workloads:
        """What runs outside the cluster, which Services and policies select by labels too."""
        return machines(self.all_of_kind(*MACHINES))

    @property
    def workloads(self) -> dict[str, list[Workload]]:
        """Namespace -> pods that run there, by what makes them."""
        return self.pods.by_namespace

    @cached_property
    def services_of(self) -> dict[Workload, list[Item]]:
        """Pods -> the Services that lead to them."""
        found: dict[Workload, list[Item]] = defaultdict(list)
        for service in self.services.values():
            for workload in self.pods_of(service):
                found[workload].append(service)
        return found

    @cached_property
    def service_entry_hosts(self) -> dict[str, list[Item]]:
        """Host -> the ServiceEntries that name it."""
        found: dict[str, list[Item]] = defaultdict(list)
        for item in self.all_of_kind("ServiceEntry"):
            for _, host in item.entries("spec", "hosts"):
                found[str(host)].append(item)
        return found

    @cached_property
    def selecting(self) -> dict[str, list[tuple[dict[str, Any], list[str]]]]:
        """Namespace -> the labels by which something selects pods there, and the hosts that lead to them."""
        found: dict[str, list[tuple[dict[str, Any], list[str]]]] = defaultdict(list)
        for item in self.all_of_kind("Service", "ServiceEntry"):
            selector = as_map(item.get("spec", "selector")) or as_map(item.get("spec", "workloadSelector", "labels"))
            if selector:
                hosts = [full_host(str(host), item.namespace) for _, host in item.entries("spec", "hosts")]
                found[item.namespace].append((selector, hosts or [f"{item.name}.{item.namespace}.{CLUSTER_DOMAIN}"]))
        return found

    def selected(self, namespace: str | None, selector: Mapping[str, Any]) -> list[Workload]:
        """The pods that carry all labels of `selector`, in a namespace or, with None, in all of them."""
        return self.pods.selected(namespace, selector)

    def pods_of(self, service: Item) -> list[Workload]:
        """The pods that a Service leads to; none of one without a selector."""
        selector = as_map(service.get("spec", "selector"))
        return self.selected(service.namespace, selector) if selector else []

    def service(self, host: str, namespace: str) -> Item | None:
        """The Service that `host` means to an object in `namespace`: short, namespace-qualified or full name."""
        key = service_key(host, namespace)
        return self.services.get(key) if key else None

    def serves(self, host: str, namespace: str) -> bool:
        """Whether a Service or a ServiceEntry (also by wildcard) stands behind `host`."""
        if self.service(host, namespace) or host in self.service_entry_hosts:
            return True
        return any(covers(pattern, host) for pattern in self.service_entry_hosts if pattern.startswith("*"))


def service_key(host: str, namespace: str) -> tuple[str, str] | None:
    """(namespace, name) of the Service that a host can mean; None for a name outside the cluster or a wildcard."""
    name, *rest = host.split(".")
    if "*" in host or not name:
        return None
    if not rest:
        return namespace, name
    if len(rest) == 1 or ".".join(rest[1:]) in (CLUSTER_DOMAIN, "svc"):
        return rest[0], name
    return None


@cache
def full_host(host: str, namespace: str) -> str:
    """The name by which istiod knows a host: a Service's full one; anything with a dot that is no Service's stays."""
    if "." in host and not host.endswith(f".{CLUSTER_DOMAIN}"):
        return host
    key = service_key(host, namespace)
    return f"{key[1]}.{key[0]}.{CLUSTER_DOMAIN}" if key else host


def graph(
    items: Iterable[Item],
    *,
    closed: bool,
    root_namespace: str = "istio-system",
    mesh_config: Mapping[str, Any] | None = None,
    others: Iterable[Item] = (),
) -> Graph:
    """The graph of these objects; what is no map or has no kind is left out, as no rule could say anything of it."""
    known = tuple(item for item in items if isinstance(cast("Any", item.manifest), dict) and item.kind)
    kept, repeated = latest(known) if closed else (known, [])
    return Graph(tuple(kept), closed, root_namespace, mesh_config, tuple(others), tuple(repeated))
