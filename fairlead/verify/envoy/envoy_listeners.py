"""What does an Envoy listen on, and what does it do with connections there? The listeners of `/config_dump`, read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

_TCP, _JWT = "TcpProxy", "JwtAuthentication"
TLS, PLAIN = "TLS", "plain text"


def connection_clusters(dump: Mapping[str, Any], port: int, to: str) -> dict[str, int]:
    """Where connections without HTTP go by weight, of the chains of a port for a name: a server name, or the host of a
    cluster; of all of them where none is for it."""
    found: list[tuple[bool, dict[str, int]]] = []
    for _, chain in (each for each in chains(dump) if each[0] == port):
        names = as_list(as_map(chain.get("filter_chain_match")).get("server_names"))
        for each in filters(chain, _TCP):
            shared = weights(each)
            found.append((to in names or any(name.endswith(f"|{to}") for name in shared), shared))
    chosen = [shared for is_for, shared in found if is_for] or [shared for _, shared in found]
    return {name: weight for shared in chosen for name, weight in shared.items()}


def token_issuers(dump: Mapping[str, Any]) -> list[str]:
    """Whose tokens its JWT filters know."""
    found = (as_map(each.get("providers")) for _, chain in chains(dump) for each in filters(chain, _JWT))
    return sorted({str(as_map(one).get("issuer") or "any issuer") for each in found for one in each.values()})


def takes(dump: Mapping[str, Any], port: int) -> set[str]:
    """What an app's proxy accepts for a port of it, of `TLS` and `plain text`; nothing where it has no chain for it."""
    matches = ((chain, as_map(chain.get("filter_chain_match"))) for _, chain in chains(dump))
    own = [chain for chain, match in matches if match.get("destination_port") == port]
    return {TLS if each.get("transport_socket") else PLAIN for each in own}


def ports(dump: Mapping[str, Any]) -> list[int]:
    """The ports of its listeners and of their filter chains."""
    found = {port for port, _ in chains(dump)}
    for listener in _listeners(dump):
        found.add(int(as_map(as_map(listener.get("address")).get("socket_address")).get("port_value") or 0))
    return sorted(found - {0})


def weights(action: Mapping[str, Any]) -> dict[str, int]:
    """Where a route or a proxy of connections sends by weight; a lone cluster gets everything."""
    weighted = as_maps(as_map(action.get("weighted_clusters")).get("clusters"))
    found = {str(each.get("name")): int(each.get("weight") or 0) for each in weighted}
    return found or ({str(action.get("cluster")): 100} if action.get("cluster") else {})


def _listeners(dump: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for section in sections(dump, "ListenersConfigDump"):
        yield from (as_map(each.get("listener")) for each in as_maps(section.get("static_listeners")))
        for each in as_maps(section.get("dynamic_listeners")):
            yield as_map(as_map(each.get("active_state")).get("listener"))


def chains(dump: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every filter chain with the port that it is for: its own match before that of its listener."""
    for listener in _listeners(dump):
        address = as_map(as_map(listener.get("address")).get("socket_address"))
        own = [*as_maps(listener.get("filter_chains")), as_map(listener.get("default_filter_chain"))]
        for chain in own:
            port = as_map(chain.get("filter_chain_match")).get("destination_port")
            yield int(port or address.get("port_value") or 0), chain


def filters(chain: Mapping[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    """The filters of a kind, whether of connections or of requests."""
    for each in as_maps(chain.get("filters")):
        config = as_map(each.get("typed_config"))
        if str(config.get("@type")).endswith(f".{kind}"):
            yield config
        for one in as_maps(config.get("http_filters")):
            inner = as_map(one.get("typed_config"))
            if str(inner.get("@type")).endswith(f".{kind}"):
                yield inner


def sections(dump: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """The parts of a dump of one kind."""
    for each in as_maps(dump.get("configs")):
        if str(each.get("@type")).endswith(f".{name}"):
            yield each
