"""Which objects may be those of one app? That their names say, or else where they send requests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fairlead_mesh.drafts.route_draft import PROTOCOLS, destination_of, destinations_in
from fairlead_mesh.model.graph import full_host
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list
from fairlead_mesh.model.virtual_service import MESH

_MESH_SUFFIX = "-mesh"


@dataclass(frozen=True)
class Together:
    """VirtualServices of an app, the second one for clients inside the mesh; the DestinationRule of its Service, and
    those of Services that versions have of their own."""

    routed: tuple[Item, ...]
    rule: Item | None = None
    of_versions: tuple[Item, ...] = ()

    @property
    def objects(self) -> tuple[Item, ...]:
        return (*self.routed, *([self.rule] if self.rule else []), *self.of_versions)


def together(items: Sequence[Item]) -> Iterator[Together]:
    """Which objects of one namespace may be those of one app: larger groups first, and single rules last."""
    named = {(each.kind, each.name): each for each in items}
    rules = [each for each in items if each.kind == "DestinationRule"]
    # One for clients inside the mesh alone may be the second one of another.
    for each in sorted((item for item in items if item.kind == "VirtualService"), key=_is_inner):
        inside = named.get((each.kind, f"{each.name}{_MESH_SUFFIX}")) or _twin(each, items)
        own = tuple(other for other in rules if other.name.startswith(f"{each.name}-"))
        usual = named.get(("DestinationRule", each.name))
        tried = dict.fromkeys([usual, *_of_its_services(each, rules), None])
        pairs = [(each, inside), (each,)] if inside else [(each,)]
        groups = [Together(routed, rule, more) for routed in pairs for rule in tried
                  for more in dict.fromkeys([tuple(other for other in own if other is not rule), ()])]  # fmt: skip
        yield from dict.fromkeys(groups)
    yield from (Together((), each) for each in rules)


def _twin(routed: Item, items: Sequence[Item]) -> Item | None:
    """The VirtualService with the same routes for clients inside the mesh."""
    if MESH in _bound(routed):
        return None
    inner = (other for other in items if other.kind == routed.kind and _is_inner(other))
    return next((other for other in inner if _routes(other) == _routes(routed)), None)


def _bound(item: Item) -> list[str]:
    return [str(each) for each in as_list(item.spec.get("gateways"))] or [MESH]


def _is_inner(item: Item) -> bool:
    return _bound(item) == [MESH]


def _routes(item: Item) -> list[object]:
    return [item.spec.get(key) for key in PROTOCOLS]


def _of_its_services(routed: Item, rules: Sequence[Item]) -> list[Item]:
    """Rules of the Services that it sends requests to; the one of its last route first, which takes what is left."""
    going = [destination_of(each)[0] for key in PROTOCOLS for each in destinations_in(routed.spec.get(key))]
    hosts = [full_host(host, routed.namespace) for host in reversed(going)]
    by_host = {full_host(str(each.spec.get("host", "")), each.namespace): each for each in rules}
    return [by_host[host] for host in dict.fromkeys(hosts) if host in by_host]
