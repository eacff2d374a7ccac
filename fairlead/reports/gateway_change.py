"""Who reaches a gateway at which port, before and after? Its Istio Gateway, and the Services before its pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fairlead.comparison.comparison import Comparison, How
from fairlead.effects.gateways.gateway_services import GatewayService, gateways
from fairlead_mesh.model.gateway_listeners import Listener, gateway_selector, listeners
from fairlead_mesh.model.objects.item import Item

OUTSIDE = "outside"
"""Where nothing is known of the Services before a gateway."""
_SOURCES = {"internet-facing": "the internet", "internal": "the internal network"}
_TYPES = {"NodePort": "the node ports", "ClusterIP": "inside the cluster"}

_Key = tuple[str, str]
"""Where requests come from, and the port that they reach."""


@dataclass(frozen=True)
class Door:
    """A way to a gateway: where requests come from, the port in words, and what becomes of it; None if it stays."""

    source: str
    port: str
    how: How | None


@dataclass(frozen=True)
class GatewayChange:
    """A gateway of either side, `namespace/name`, with all of its doors; `how` is None where nothing changes."""

    name: str
    how: How | None
    doors: tuple[Door, ...]


def gateway_changes(comparison: Comparison) -> dict[str, GatewayChange]:
    """Every Istio Gateway by name."""
    before, after = comparison.before.graph.gateways, comparison.after.graph.gateways
    services = [list(gateways(side).values()) for side in (comparison.before, comparison.after)]
    found: dict[str, GatewayChange] = {}
    for key in sorted({*before, *after}):
        old, new = (_doors(side.get(key), known) for side, known in zip((before, after), services, strict=True))
        doors = tuple(_door(each, old, new) for each in dict.fromkeys([*new, *old]))
        how = How.ADDED if key not in before else How.REMOVED if key not in after else None
        changed = How.CHANGED if any(each.how for each in doors) else None
        found["/".join(key)] = GatewayChange("/".join(key), how or changed, doors)
    return found


def _doors(gateway: Item | None, services: list[GatewayService]) -> dict[_Key, Listener]:
    if gateway is None:
        return {}
    before_it = [each for each in services if each.is_selected(gateway_selector(gateway))]
    heard = listeners(gateway)
    if not before_it:
        return {(OUTSIDE, port): listener for port, listener in heard.items()}
    ways = (
        ((_source(each), port), listener)
        for each in before_it
        for port, listener in heard.items()
        if _leads_to(each, port)
    )
    return dict(ways)


def _source(service: GatewayService) -> str:
    return _SOURCES.get(service.exposure) or _TYPES.get(service.type, OUTSIDE)


def _leads_to(service: GatewayService, port: str) -> bool:
    """Whether one of the Service's ports is this one of the pods; a port by name may be any."""
    return any(target == port or not target.isdigit() for target in service.ports.values())


def _door(key: _Key, old: Mapping[_Key, Listener], new: Mapping[_Key, Listener]) -> Door:
    source, port = key
    if key not in old or key not in new:
        return Door(source, f"port {port}", How.ADDED if key in new else How.REMOVED)
    others = ", ".join(_others(old[key], new[key]))
    return Door(source, f"port {port}{f': {others}' if others else ''}", How.CHANGED if others else None)


def _others(old: Listener, new: Listener) -> Iterator[str]:
    if old.protocol != new.protocol:
        yield f"{old.protocol or 'no protocol'} → {new.protocol or 'no protocol'}"
    if old.hosts != new.hosts:
        yield "other hosts"
    if old.tls != new.tls:
        yield "other TLS"
