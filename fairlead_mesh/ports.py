"""Which ports does a mesh need, and who must reach them? The port table.

Source: Istio, ops/deployment/application-requirements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class MeshPort:
    """A TCP port of the mesh: `key` names its resource, `reason` is the description of its security rule."""

    key: str
    number: int
    at: Literal["istiod", "proxy", "gateway"]
    opened_from_control_plane: bool
    reason: str


STATUS_PORT = 15021

PORTS = (
    MeshPort("webhooks", 15017, "istiod", True, "Istio webhooks: sidecar injection and validation"),
    MeshPort("xds", 15012, "istiod", True, "istiod: configuration and certificates over mTLS"),
    MeshPort("monitoring", 15014, "istiod", False, "istiod metrics"),
    MeshPort("merged-metrics", 15020, "proxy", False, "metrics of the agent, Envoy and the app"),
    MeshPort("envoy-metrics", 15090, "proxy", False, "Envoy metrics"),
    MeshPort("status", STATUS_PORT, "gateway", False, "health check of the load balancer (/healthz/ready)"),
    MeshPort("hbone", 15008, "proxy", False, "HBONE tunnel of ambient mode"),
    MeshPort("sni", 15443, "gateway", False, "SNI passthrough from another network"),
)
