"""Which routes come in where? The routes of each VirtualService with hosts and entrances, and those alike as one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from fairlead.picture.model.closures import Closures
from fairlead.picture.model.entrances import Entrances
from fairlead.picture.model.model import Strand
from fairlead.picture.model.policies import Policies
from fairlead.picture.model.routes import line
from fairlead.picture.model.sources import Sources
from fairlead.picture.model.versions import Versions
from fairlead_mesh.model.routes import Routing, Share
from fairlead_mesh.model.virtual_service import MESH, is_delegate


@dataclass(frozen=True)
class Known:
    """What every app is read with; `delegators`: who hands requests on to a VirtualService (namespace, name)."""

    sources: Sources
    versions: Versions
    entrances: Entrances
    policies: Policies
    closures: Closures
    delegators: dict[tuple[str, str], list[Routing]]


def delegators(routings: Sequence[Routing]) -> dict[tuple[str, str], list[Routing]]:
    """Delegate -> the VirtualServices that hand requests on to it."""
    found: dict[tuple[str, str], list[Routing]] = defaultdict(list)
    for routing in routings:
        for route in routing.routes:
            if delegate := route.delegate(routing.namespace):
                found[delegate].append(routing)
    return found


def strand_of(routing: Routing, placed: Callable[[Share], int], known: Known) -> Strand:
    """The routes of a VirtualService; a delegate's come in where those who hand on to it do."""
    numbers = known.sources.numbers([routing.item])
    hosts = routing.hosts
    gateways = routing.gateways
    if is_delegate(routing.item):
        by = known.delegators.get((routing.namespace, routing.name), [])
        gateways = tuple(gateway for each in by for gateway in each.gateways)
        handed = [f"delegated by {each.namespace}/{each.name}" for each in by]
        hosts = tuple(dict.fromkeys(handed or ["no host, and nothing delegates to it"]))
    keys = tuple(dict.fromkeys(known.entrances.key(gateway) for gateway in gateways))
    closed = partial(known.closures.of, keys)
    lines = tuple(line(route, placed, numbers, closed) for route in routing.routes)
    answered = any(not route.shares for route in routing.routes)
    targets = [(share.host, share.subset) for route in routing.routes for share in route.shares if not answered]
    return Strand(keys, hosts, lines, numbers, known.closures.wholly(keys, targets))


def joined(strands: list[Strand]) -> tuple[Strand, ...]:
    """Strands with the same routes as one, where that leaves no doubt which hosts are meant at which entrance."""
    found: list[Strand] = []
    for strand in strands:
        place = next((place for place, other in enumerate(found) if _are_one(other, strand)), None)
        if place is None:
            found.append(strand)
        else:
            found[place] = _both(found[place], strand)
    return tuple(found)


def _are_one(one: Strand, other: Strand) -> bool:
    inside = (MESH,) in (one.entrances, other.entrances)
    alike = inside or one.hosts == other.hosts or set(one.entrances) == set(other.entrances)
    return alike and [replace(each, objects=()) for each in one.lines] == [
        replace(each, objects=()) for each in other.lines
    ]


def _both(one: Strand, other: Strand) -> Strand:
    pairs = zip(one.lines, other.lines, strict=True)
    return Strand(
        tuple(dict.fromkeys([*one.entrances, *other.entrances])),
        tuple(dict.fromkeys([*one.hosts, *other.hosts])),
        tuple(replace(line, objects=(*line.objects, *more.objects)) for line, more in pairs),
        (*one.objects, *other.objects),
        one.closed | other.closed,
    )
