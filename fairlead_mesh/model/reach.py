"""For which pods does a policy or a proxy setting hold? By namespace, root namespace, selector and targets.

Sources: pilot/pkg/model (policyattachment.go, authentication.go, telemetry.go, proxy_config.go, sidecar.go,
push_context.go) in istio/istio.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fairlead_mesh.findings import Path
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.workloads import Workload

if TYPE_CHECKING:
    from fairlead_mesh.model.graph import Graph

_MATCH_LABELS = ("spec", "selector", "matchLabels")
_LABELS = ("spec", "workloadSelector", "labels")
SELECTORS: dict[str, Path] = {
    "AuthorizationPolicy": _MATCH_LABELS,
    "PeerAuthentication": _MATCH_LABELS,
    "RequestAuthentication": _MATCH_LABELS,
    "Telemetry": _MATCH_LABELS,
    "WasmPlugin": _MATCH_LABELS,
    "ProxyConfig": _MATCH_LABELS,
    "Sidecar": _LABELS,
    "EnvoyFilter": _LABELS,
}
"""The kinds that hold for pods, and where they select them."""
# Their selector reaches the pods of their own namespace, also from Istio's root namespace.
_AT_HOME = ("PeerAuthentication", "ProxyConfig", "Sidecar", "Telemetry")
GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name"


@dataclass(frozen=True)
class Target:
    """What a policy names instead of selecting pods: a Gateway of the Gateway API, a Service, a class."""

    kind: str
    name: str


@dataclass(frozen=True)
class Reach:
    """Whom an object holds for: the pods of `namespace` (None: of all) that its `selector` matches, or its `targets`.

    `is_ignored`: istiod takes it for nobody's.
    """

    namespace: str | None
    selector: Mapping[str, Any]
    targets: tuple[Target, ...] = ()
    is_ignored: bool = False

    @property
    def is_selective(self) -> bool:
        """Whether it is for some pods of its namespaces only."""
        return bool(self.selector or self.targets)

    def holds_for(self, namespace: str, labels: Mapping[str, Any]) -> bool:
        """Whether it holds for pods with these labels."""
        if self.is_ignored or self.namespace not in (None, namespace):
            return False
        if self.targets:
            return any(each.kind == "Gateway" and each.name == labels.get(GATEWAY_NAME) for each in self.targets)
        return self.selector.items() <= labels.items()

    def pods(self, graph: Graph) -> list[Workload]:
        """The pods that it holds for, as far as they are known."""
        chosen = graph.selected(self.namespace, self.selector)
        return [pod for pod in chosen if self.holds_for(pod.namespace, pod.labels)]


def reach(graph: Graph, item: Item) -> Reach:
    """Whom a policy or a proxy setting holds for."""
    return _reach(graph.root_namespace, item)


@lru_cache(maxsize=1 << 14)
def _reach(root_namespace: str, item: Item) -> Reach:
    selector, targets = selector_of(item), tuple(_targets(item))
    from_root = item.namespace == root_namespace
    ignored = from_root and bool(selector) and item.kind == "PeerAuthentication"
    everywhere = from_root and not targets and not (selector and item.kind in _AT_HOME)
    return Reach(None if everywhere else item.namespace, selector, targets, ignored)


def selector_of(item: Item) -> dict[str, Any]:
    """The labels by which it selects pods; none where it holds for all."""
    return as_map(item.get(*SELECTORS[item.kind]))


def targeted(item: Item) -> bool:
    """Whether it names what it holds for, as those for waypoints and the Gateway API do."""
    return bool(item.get("spec", "targetRef") or item.get("spec", "targetRefs"))


def _targets(item: Item) -> Iterator[Target]:
    listed = [each for _, each in item.maps("spec", "targetRefs")] or [as_map(item.get("spec", "targetRef"))]
    yield from (Target(str(each.get("kind") or "target"), str(each.get("name") or "")) for each in listed if each)


def issuers(item: Item) -> list[str]:
    """The issuers whose tokens a RequestAuthentication accepts."""
    return [str(rule.get("issuer") or "") for _, rule in item.maps("spec", "jwtRules")]


_SIDES: dict[str, Path] = {
    "DestinationRule": ("spec", "workloadSelector", "matchLabels"),
    "ServiceEntry": _LABELS,
}


def side_selector(item: Item) -> tuple[Path, dict[str, Any]]:
    """Where a DestinationRule selects its clients, or a ServiceEntry its endpoints, and the labels there."""
    return _SIDES[item.kind], as_map(item.get(*_SIDES[item.kind]))


def gateway_pods(graph: Graph, gateway: Item) -> list[Workload]:
    """The pods that an Istio Gateway configures, in whatever namespace."""
    selector = as_map(gateway.get("spec", "selector"))
    return graph.selected(None, selector) if selector else []
