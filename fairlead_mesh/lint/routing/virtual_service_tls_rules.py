"""Which TLS connections does a VirtualService take? The server names of its tls routes."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.lint.schema.violations import violations
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.hostnames import patterns
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.virtual_service import routes, strings
from fairlead_mesh.model.virtual_service import virtual_services as all_of

_REFUSED = "istiod's webhook rejects the whole VirtualService"


@object_rule("webhook")
def tls_routes_match_names_of_their_hosts(graph: Graph) -> Iterator[Hit]:
    """A tls route matches connections by SNI, with names among the VirtualService's own hosts."""
    for item in all_of(graph):
        hosts = {host for _, host in strings(item, "spec", "hosts")}
        for route, _ in routes(item, "tls"):
            matches = item.maps(*route, "match")
            if not matches:
                message = f"this tls route has no match; {_REFUSED}"
                yield item.hit(route, message, "add match: [{sniHosts: [...]}], or write a tcp route")
            for place, _ in matches:
                names = strings(item, *place, "sniHosts")
                if not names and not _is_misspelt(item, place):
                    yield item.hit(place, f"this match has no sniHosts; {_REFUSED}", "add sniHosts: [<host>]")
                for path, name in names:
                    if hosts.isdisjoint(patterns(name)):
                        message = f"no host of this VirtualService covers {name}; {_REFUSED}"
                        yield item.hit(path, message, f"add {name} to spec.hosts, or match one of those")


def _is_misspelt(item: Item, place: Path) -> bool:
    """Whether a field stands there that nobody knows, such as `sni_hosts`: another rule says so."""
    return any(each.what == "unknown" and each.path[:-1] == place for each in violations(item))
