"""What is asked when a request is followed? A mesh's objects, found by what they mean, and what lies around them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from fairlead_mesh.model.destination_rules import DestinationRules
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.pods.sidecars import has_sidecar, is_gateway
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.requests.codec import normalised
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.security.mtls import PeerPolicies
from fairlead_mesh.model.traffic.catalogue import Catalogue
from fairlead_mesh.model.traffic.hosts import Host, Hosts
from fairlead_mesh.model.traffic.http_routes import Routes, http_routes
from fairlead_mesh.model.traffic.proxies import Proxy

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Outside:
    """A server outside of the cluster: the names that lead to it, its address, and its ports by what they speak."""

    names: frozenset[str] = frozenset()
    address: str = ""
    ports: Mapping[int, str] = field(default_factory=dict[int, str])
    is_everywhere: bool = False
    """Whether every name and every address outside answers, and speaks whatever is spoken to it."""


@dataclass(frozen=True, eq=False)
class Mesh:
    """The objects of a mesh (`graph`), whoever wrote them.

    `outside` is a server outside of the cluster that is known, `secrets` the certificates that are (`namespace/name` ->
    whether it has a CA), None where Secrets are not known. `now` is in seconds since 1970, for tokens. `app` answers
    for the apps: None where they answer 200 to everything. `skips_patches`: requests are followed as if EnvoyFilters
    and WasmPlugins decided none of them.
    """

    graph: Graph
    now: float
    outside: Outside | None = None
    secrets: Mapping[str, bool] | None = None
    obeys_headers: bool = False
    skips_patches: bool = False
    _proxies: dict[Workload, Proxy] = field(default_factory=dict[Workload, Proxy])
    _kept: dict[Hashable, Any] = field(default_factory=dict[Hashable, Any])

    @property
    def is_recorded(self) -> bool:
        """Whether its apps are the servers of recorded meshes, and nothing is outside but what is known."""
        return self.obeys_headers and self.outside is not None and not self.outside.is_everywhere

    @cached_property
    def hosts(self) -> Hosts:
        return Hosts(self.graph)

    @cached_property
    def rules(self) -> DestinationRules:
        return DestinationRules(self.graph)

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.graph, self.hosts)

    @cached_property
    def peers(self) -> PeerPolicies:
        return PeerPolicies(self.graph)

    @cached_property
    def trust_domain(self) -> str:
        return str((self.graph.mesh_config or {}).get("trustDomain") or CLUSTER_DOMAIN.removeprefix("svc."))

    @cached_property
    def trust_domains(self) -> tuple[str, ...]:
        """Its own and the aliases of the mesh config."""
        aliases = as_list((self.graph.mesh_config or {}).get("trustDomainAliases"))
        return self.trust_domain, *map(str, aliases)

    @cached_property
    def providers(self) -> frozenset[str]:
        """The extension providers of the mesh config, by name."""
        listed = as_maps((self.graph.mesh_config or {}).get("extensionProviders"))
        return frozenset(str(each.get("name")) for each in listed)

    def once(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """What is the same for every request, made at the first that needs it."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    @property
    def path_normalisation(self) -> str:
        said = as_map((self.graph.mesh_config or {}).get("pathNormalization")).get("normalization")
        return str(said or "BASE")

    def read(self, request: Request) -> Request:
        """A request as a proxy that reads HTTP takes it, before it compares anything."""
        return normalised(request, self.path_normalisation)

    def routes(self, item: Item) -> Routes:
        """The HTTP routes of a VirtualService."""
        return self.once(("routes", item), lambda: Routes(tuple(http_routes(item, self.graph))))

    def proxy(self, workload: Workload) -> Proxy:
        """The proxy before (or in) these pods."""
        if workload not in self._proxies:
            self._proxies[workload] = Proxy(
                self.catalogue, self.rules, workload.namespace, workload.labels, workload.service_account,
                is_gateway(workload),
            )  # fmt: skip
        return self._proxies[workload]

    def identity(self, proxy: Proxy) -> str:
        return f"spiffe://{self.trust_domain}/ns/{proxy.namespace}/sa/{proxy.service_account}"

    def has_proxy(self, workload: Workload) -> bool:
        """Whether a sidecar or a gateway's proxy takes what is sent to these pods; unknown counts as yes."""
        return is_gateway(workload) or has_sidecar(self.graph, workload) is not False

    def workload(self, name: str) -> Workload | None:
        """The pods that `namespace/name` means: by what makes them, else by their label `app`."""
        return self.once(("workload", name), lambda: self._named(name))

    def _named(self, name: str) -> Workload | None:
        namespace, _, short = name.partition("/")
        pods = self.graph.pods.by_namespace.get(namespace, [])
        found = (pod for pod in pods if pod.item.name == short)
        return next(found, next((pod for pod in pods if pod.labels.get("app") == short), None))

    def service(self, name: str, namespace: str) -> Host | None:
        """The Service that DNS finds for a pod of a namespace; None for other names."""
        labels = name.lower().rstrip(".").split(".")
        home = labels[1] if len(labels) > 1 else namespace
        if ".".join(labels[2:]) not in ("", "svc", CLUSTER_DOMAIN):
            return None
        listed = self.hosts.by_name.get(f"{labels[0]}.{home}.{CLUSTER_DOMAIN}", [])
        return next((host for host in listed if not host.is_entry), None)

    def certificate(self, namespace: str, name: str) -> bool | None:
        """Whether a gateway's certificate has a CA: None where it is not there, True where nobody knows."""
        if self.secrets is not None:
            return self.secrets.get(f"{namespace}/{name}")
        items = [item for item in self.graph.all_of_kind("Secret") if (item.namespace, item.name) == (namespace, name)]
        return None if not items and self.graph.closed else not items or _has_ca(items[0])


def _has_ca(secret: Item) -> bool:
    keys = {*as_map(secret.manifest.get("data")), *as_map(secret.manifest.get("stringData"))}
    return bool(keys & {"ca.crt", "cacert"})


def workload_name(workload: Workload) -> str:
    """`namespace/name` of what makes pods."""
    return f"{workload.namespace}/{workload.item.name}"
