"""What stands behind a host: a Service, a ServiceEntry, or nothing that is known?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from fairlead_mesh.model.graph import Graph, full_host, service_key
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN, covers, patterns
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.virtual_service import EVERY_NAMESPACE, seen_from

_EXPORT_TO = "networking.istio.io/exportTo"
_OTHER_CLUSTERS = ".clusterset.local"


@dataclass(frozen=True)
class Backends:
    """Every Service and ServiceEntry, found as istiod finds them: by the whole host, from a namespace that sees it."""

    graph: Graph

    @cached_property
    def _odd_patterns(self) -> list[str]:
        return [host for host in self.graph.service_entry_hosts if host.startswith("*") and not host.startswith("*.")]

    @cached_property
    def _entries(self) -> dict[str, list[Item]]:
        """As the graph's, by whole host: a ServiceEntry may name a Service of the cluster by its short name."""
        found: dict[str, list[Item]] = defaultdict(list)
        for host, items in self.graph.service_entry_hosts.items():
            for item in items:
                found[full_host(host, item.namespace)].append(item)
        return found

    def behind(self, host: str, namespace: str) -> list[Item]:
        """All that `host` means to an object in `namespace`, whoever may see it."""
        whole = full_host(host, namespace)
        key = service_key(whole, namespace) if whole.endswith(f".{CLUSTER_DOMAIN}") else None
        service = self.graph.services.get(key) if key else None
        asked = self._patterns(whole) if self._entries else ()
        entries = [item for pattern in asked for item in self._entries.get(pattern, [])]
        return [*([service] if service else []), *entries]

    def _patterns(self, host: str) -> Iterator[str]:
        yield from patterns(host)
        yield from (pattern for pattern in self._odd_patterns if pattern != "*" and covers(pattern, host))

    def visible(self, host: str, namespace: str) -> list[Item]:
        """What is behind `host` and exported to `namespace`."""
        return [item for item in self.behind(host, namespace) if self.sees(item, namespace)]

    def sees(self, item: Item, namespace: str) -> bool:
        """Whether a Service or ServiceEntry is exported to a namespace."""
        if item.kind == "Service":
            listed = [part.strip() for part in str(item.annotations.get(_EXPORT_TO, "")).split(",") if part.strip()]
            seen = {item.namespace if part == "." else part for part in listed} or {EVERY_NAMESPACE}
        else:
            seen = seen_from(item, self.graph.mesh_config, "defaultServiceExportTo")
        return EVERY_NAMESPACE in seen or namespace in seen

    def knowable(self, host: str) -> bool:
        """Whether the objects at hand could tell that the host is there: other clusters' Services are elsewhere."""
        return bool(host) and not host.endswith(_OTHER_CLUSTERS)

    def meant(self, host: str, namespace: str) -> str | None:
        """The whole name of the Service that a half-written host such as `reviews.default` seems to mean."""
        if "." not in host or host.endswith(f".{CLUSTER_DOMAIN}") or self.behind(host, namespace):
            return None
        key = service_key(host, namespace)
        return f"{key[1]}.{key[0]}.{CLUSTER_DOMAIN}" if key in self.graph.services and key else None


def ports(item: Item) -> list[int]:
    """The port numbers of a Service or a ServiceEntry."""
    numbers = (port.get("port" if item.kind == "Service" else "number") for _, port in item.maps("spec", "ports"))
    return [number for number in numbers if isinstance(number, int)]
