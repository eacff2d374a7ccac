"""What has an Envoy sent to each address of its clusters, and is the address healthy? `/clusters?format=json`, read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

_UNHEALTHY = {
    "failed_active_health_check": "fails its health check",
    "failed_outlier_check": "is ejected by outlier detection",
    "failed_active_degraded_check": "is degraded",
    "pending_dynamic_removal": "is being removed",
    "pending_active_hc": "waits for its first health check",
    "excluded_via_immediate_hc_fail": "said of itself that it is not healthy",
    "active_hc_timeout": "does not answer its health check",
}
"""Flags of admin.v3.HostHealthStatus; beside them `eds_health_status` is what istiod said."""
_FINE = ("", "HEALTHY", "UNKNOWN", "DEGRADED")


@dataclass(frozen=True)
class Host:
    """One address of a cluster, with what was sent there. `unhealthy` says why none is sent there; empty where it is
    fine."""

    cluster: str
    address: str
    ip: str
    port: int
    counters: Mapping[str, int]
    unhealthy: str = ""
    weight: int = 1

    @property
    def is_in_pod(self) -> bool:
        """Whether it is in the proxy's own pod: the agent, whom probes and scrapes are sent on to, or a socket."""
        return not self.ip or self.ip == "::1" or self.ip.startswith("127.")

    def count(self, name: str) -> int:
        """Envoy leaves out what is 0."""
        return self.counters.get(name, 0)


def hosts(answer: Mapping[str, Any]) -> Iterator[Host]:
    """Every host of every cluster, in Envoy's order."""
    for cluster in as_maps(answer.get("cluster_statuses")):
        name = str(cluster.get("name"))
        for each in as_maps(cluster.get("host_statuses")):
            ip, port, address = _address(as_map(each.get("address")))
            counters = {str(one.get("name")): int(str(one.get("value") or 0)) for one in as_maps(each.get("stats"))}
            health = as_map(each.get("health_status"))
            yield Host(name, address, ip, port, counters, _unhealthy(health), int(each.get("weight") or 1))


def _address(found: Mapping[str, Any]) -> tuple[str, int, str]:
    if socket := as_map(found.get("socket_address")):
        ip, port = str(socket.get("address")), int(socket.get("port_value") or 0)
        return ip, port, f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
    if pipe := as_map(found.get("pipe")):
        return "", 0, str(pipe.get("path"))
    inside = as_map(found.get("envoy_internal_address"))
    # A pod behind another proxy: the address is in the endpoint's id (`10.0.0.1:80`).
    ip, _, port = str(inside.get("endpoint_id") or "").rpartition(":")
    return ip.strip("[]"), int(port) if port.isdigit() else 0, str(inside.get("endpoint_id") or inside)


def _unhealthy(health: Mapping[str, Any]) -> str:
    said = [words for flag, words in _UNHEALTHY.items() if health.get(flag)]
    told = str(health.get("eds_health_status") or "")
    return ", ".join(said) or ("" if told in _FINE else f"is {told} for istiod")
