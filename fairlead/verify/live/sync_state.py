"""Has each proxy what istiod has sent? `/debug/syncz` of every istiod, read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_list, as_map

_KINDS = {
    "cluster": ("clusters", "type.googleapis.com/envoy.config.cluster.v3.Cluster"),
    "listener": ("listeners", "type.googleapis.com/envoy.config.listener.v3.Listener"),
    "route": ("routes", "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"),
    "endpoint": ("endpoints", "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"),
}
"""The fields of SyncStatus, and the types of its `resources` (istio/istio, pilot/pkg/xds/debug.go)."""


@dataclass(frozen=True, order=True)
class Lag:
    """What a proxy does not have as istiod sent it: `error` is why it did not take it, where it said."""

    proxy: str
    kind: str
    error: str = ""

    def __str__(self) -> str:
        if self.error:
            return f"the proxy of {self.proxy} rejects its {self.kind}: {self.error}"
        return f"the proxy of {self.proxy} has not acknowledged the {self.kind} that istiod sent last"


def connected(answers: Iterable[Any]) -> set[str]:
    """The proxies that an istiod has, as `namespace/pod`."""
    return {proxy for proxy, _ in _proxies(answers)}


def lags(answers: Iterable[Any]) -> list[Lag]:
    """What is out of sync in any istiod's answer, in order."""
    return sorted(lag for proxy, status in _proxies(answers) for lag in _lags(proxy, status))


def _proxies(answers: Iterable[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for answer in answers:
        for status in map(as_map, as_list(answer)):
            # A pod's name may have dots itself; a namespace may not.
            name, _, namespace = str(status.get("proxy") or "").rpartition(".")
            if name:
                yield f"{namespace}/{name}", status


def _lags(proxy: str, status: Mapping[str, Any]) -> Iterator[Lag]:
    resources = as_map(status.get("resources"))
    for key, (kind, type_url) in _KINDS.items():
        detail = as_map(resources.get(type_url))
        sent = str(status.get(f"{key}_sent") or detail.get("sent") or "")
        acknowledged = str(status.get(f"{key}_acked") or detail.get("acked") or "")
        if error := str(detail.get("lastError") or ""):
            yield Lag(proxy, kind, error)
        elif sent and sent != acknowledged:
            yield Lag(proxy, kind)
