"""How does an evaluated stack become a picture? Its objects read, joined by what they mean to each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from fairlead.evaluation.snapshot import Snapshot
from fairlead.picture.model.apps import routed_apps
from fairlead.picture.model.calls import calls
from fairlead.picture.model.entrances import Entrances
from fairlead.picture.model.model import App, Badge, Entrance, Picture, Quarter, Tile, Tone
from fairlead.picture.model.plain_apps import outside_apps, plain_apps
from fairlead.picture.model.policies import Policies
from fairlead.picture.model.sources import Sources
from fairlead.picture.model.tiles import tiles
from fairlead.picture.model.versions import Versions
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.virtual_service import MESH

NAMESPACE = "namespace"
OUTSIDE = "outside"


def picture(snapshot: Snapshot, *, rules_looked_up: bool = False) -> Picture:
    """The whole stack as it is to be drawn, the same for the same snapshot.

    `rules_looked_up`: security rules are created only where nothing covers them.
    """
    sources = Sources(snapshot)
    entrances = Entrances(sources)
    versions = Versions(sources)
    policies = Policies(sources)
    routed = list(routed_apps(sources, versions, entrances, policies))
    apps = [*routed, *plain_apps(sources, versions, entrances, policies)]
    used = {key for app in routed for strand in app.strands for key in strand.entrances}
    doors = entrances.drawn(used, policies)
    quarters = [*_quarters(apps, sources, policies), *_outside(sources)]
    around = tiles(sources, rules_looked_up=rules_looked_up)
    drawn = _numbers(doors, quarters, around, policies.mesh)
    return Picture(
        snapshot.stack,
        _summary(quarters, doors, around),
        tuple(policies.mesh),
        around,
        doors,
        tuple(quarters),
        tuple(_others(sources, drawn)),
        sources.shown(),
        tuple(calls(quarters, sources)),
    )


def _quarters(apps: Sequence[App], sources: Sources, policies: Policies) -> Iterator[Quarter]:
    """Every namespace with apps, then those without, each group by name."""
    found: dict[str, list[App]] = defaultdict(list)
    for app in apps:
        found[app.namespace].append(app)
    known = sources.graph.namespaces
    names = found.keys() | known.keys() | policies.namespaces.keys()
    for name in sorted(names, key=lambda each: (each not in found, each)):
        item = known.get(name)
        badges = (*_injection(item, sources), *policies.namespaces.get(name, ()))
        mine = sorted(found.get(name, []), key=lambda app: (not app.strands, app.name))
        yield Quarter(NAMESPACE, name, tuple(mine), badges, sources.numbers([item]))


def _injection(namespace: Item | None, sources: Sources) -> Iterator[Badge]:
    if not namespace:
        return
    numbers, labels = sources.numbers([namespace]), namespace.labels
    if labels.get("istio.io/rev"):
        yield Badge(f"sidecars of revision {labels['istio.io/rev']}", Tone.GOOD, numbers)
    elif labels.get("istio-injection") == "enabled":
        yield Badge("sidecars", Tone.GOOD, numbers)
    elif labels.get("istio-injection") == "disabled":
        yield Badge("no sidecars", Tone.PLAIN, numbers)
    if labels.get("istio.io/dataplane-mode"):
        yield Badge(str(labels["istio.io/dataplane-mode"]), Tone.GOOD, numbers)


def _outside(sources: Sources) -> Iterator[Quarter]:
    if apps := tuple(outside_apps(sources)):
        yield Quarter(OUTSIDE, "hosts of ServiceEntries", apps)


def _numbers(
    doors: Sequence[Entrance], quarters: Sequence[Quarter], around: Sequence[Tile], badges: Sequence[Badge]
) -> frozenset[int]:
    """The places of all objects that something in the picture leads to."""
    apps = [app for quarter in quarters for app in quarter.apps]
    held = [*badges, *(badge for part in (*doors, *quarters, *apps) for badge in part.badges)]
    balancers = [door.balancer for door in doors if door.balancer]
    parts = (*doors, *balancers, *quarters, *apps, *around, *held)
    return frozenset(number for part in parts for number in part.objects)


def _others(sources: Sources, drawn: frozenset[int]) -> Iterator[Badge]:
    kinds: dict[str, list[int]] = defaultdict(list)
    for number, resource in enumerate(sources.resources):
        if number not in drawn:
            kind = resource.inputs["kind"] if resource.is_kubernetes_object else resource.type.rpartition(":")[2]
            kinds[str(kind)].append(number)
    for kind, numbers in sorted(kinds.items()):
        yield Badge(f"{len(numbers)} {kind}", Tone.PLAIN, tuple(numbers))


def _summary(quarters: Sequence[Quarter], doors: Sequence[Entrance], around: Sequence[Tile]) -> str:
    """What is drawn, in numbers."""
    spaces = [quarter for quarter in quarters if quarter.kind == NAMESPACE]
    apps = [app for quarter in spaces for app in quarter.apps]
    routes = sum(len(strand.lines) for app in apps for strand in app.strands)
    gateways = sum(door.key != MESH for door in doors)
    outside = sum(len(quarter.apps) for quarter in quarters if quarter.kind == OUTSIDE)
    counted = [_counted(len(apps), "app"), _counted(routes, "route"), _counted(len(spaces), "namespace")]
    counted.append(_counted(gateways, "gateway"))
    entries = [f"{outside} ServiceEntr{'y' if outside == 1 else 'ies'}"] if outside else []
    istio = [f"Istio {tile.detail}" for tile in around if tile.title == "istiod" and tile.detail]
    return ", ".join([*counted, *entries, *istio])


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
