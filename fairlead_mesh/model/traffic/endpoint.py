"""Who answers at a port of a host? Pods of this mesh, or an address outside of what it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.protocols import HTTP, TLS

_TLS_MODE = "security.istio.io/tlsMode"


@dataclass(frozen=True, eq=False)
class HostPort:
    """A port of a host: `protocol` is Istio's word for it, None where Envoy has to guess; `spec` is the object's."""

    number: int
    name: str
    protocol: str | None
    spec: Mapping[str, Any]

    @property
    def is_http(self) -> bool:
        return self.protocol in HTTP

    @property
    def may_be_http(self) -> bool:
        """Whether Envoy reads HTTP there, or looks whether it is some."""
        return self.is_http or self.protocol is None

    @property
    def is_tls(self) -> bool:
        return self.protocol in TLS


@dataclass(frozen=True, eq=False)
class Endpoint:
    """Who answers at a port: pods of this mesh, or an address outside of what it runs."""

    port: int
    workload: Workload | None = None
    address: str = ""
    labels: Mapping[str, Any] | None = None
    has_sidecar: bool = False
    """Of an address: whether a sidecar of the mesh is known to be there (label security.istio.io/tlsMode)."""
    by_name: bool = False
    """Whether an entry says no more of these pods than their Service's name, so that nobody knows of their sidecars."""
    is_original: bool = False
    """The address that the caller connected to, whatever it is (resolution NONE)."""


def address_of(spec: Mapping[str, Any], port: HostPort) -> Endpoint:
    """An endpoint of a ServiceEntry, or a WorkloadEntry."""
    target = port.spec.get("targetPort")
    number = _number(as_map(spec.get("ports")).get(port.name), target if isinstance(target, int) else port.number)
    labels = as_map(spec.get("labels"))
    has_sidecar = labels.get(_TLS_MODE) == "istio"
    return Endpoint(number, address=str(spec.get("address", "")), labels=labels, has_sidecar=has_sidecar)


def _number(value: Any, default: int) -> int:
    return value if isinstance(value, int) else default
