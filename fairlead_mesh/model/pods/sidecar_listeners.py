"""Which listeners does a Sidecar write for its pods' proxies, and what do they take and send?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fairlead_mesh.findings import Path
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map


@dataclass(frozen=True)
class SidecarListener:
    """A listener at `path` of a Sidecar."""

    path: Path
    value: dict[str, Any]

    @property
    def port(self) -> dict[str, Any]:
        return as_map(self.value.get("port"))

    @property
    def number(self) -> int | None:
        """Its port; None where it has none, or none that is a number."""
        number = self.port.get("number")
        return number if isinstance(number, int) and not isinstance(number, bool) else None

    @property
    def has_port(self) -> bool:
        return self.value.get("port") is not None

    @property
    def bind(self) -> str:
        return str(self.value.get("bind") or "")

    @property
    def endpoint(self) -> str:
        """What an ingress listener sends to."""
        return str(self.value.get("defaultEndpoint") or "")


def ingress_listeners(item: Item) -> list[SidecarListener]:
    """Those for requests to the pods."""
    return [SidecarListener(path, value) for path, value in item.maps("spec", "ingress")]


def egress_listeners(item: Item) -> list[SidecarListener]:
    """Those for requests of the pods, in order: one without a port is for all that no other one takes."""
    return [SidecarListener(path, value) for path, value in item.maps("spec", "egress")]


def imported_hosts(item: Item, listener: SidecarListener) -> list[tuple[Path, str]]:
    """The hosts that a listener sends to, as `namespace/host`."""
    entries = item.entries(*listener.path, "hosts")
    return [(place, host) for place, host in entries if isinstance(host, str)]


def configures_nothing(item: Item) -> bool:
    """Whether a Sidecar says nothing of any listener, nor what happens to other requests."""
    keys = ("ingress", "egress", "outboundTrafficPolicy", "inboundConnectionPool")
    return not any(item.get("spec", key) for key in keys)
