"""Which apps do VirtualServices make? Those that lead to the same Services are one app, with all that it has to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from fairlead.picture.model.closures import Closures
from fairlead.picture.model.entrances import Entrances
from fairlead.picture.model.model import App, Badge
from fairlead.picture.model.policies import Policies, client_badges
from fairlead.picture.model.routes import Target
from fairlead.picture.model.sources import Sources
from fairlead.picture.model.strands import Known, delegators, joined, strand_of
from fairlead.picture.model.versions import Versions
from fairlead_mesh.model.graph import service_key
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.routes import Routing, Share, routings

Home = tuple[str, frozenset[str], str]


def routed_apps(sources: Sources, versions: Versions, entrances: Entrances, policies: Policies) -> Iterator[App]:
    """The apps that VirtualServices route to."""
    found = routings(sources.graph)
    closures = Closures(sources.graph, entrances, versions)
    known = Known(sources, versions, entrances, policies, closures, delegators(found))
    homes: dict[Home, list[Routing]] = defaultdict(list)
    for routing in found:
        homes[_home(routing)].append(routing)
    for home, together in homes.items():
        yield _app(home[0], together, known)


def routed_services(sources: Sources) -> Iterator[tuple[str, str]]:
    """(namespace, name) of every Service that a VirtualService names, as a host or a destination."""
    for routing in routings(sources.graph):
        shared = (share.host for route in routing.routes for share in route.shares)
        for host in (*routing.hosts, *shared):
            if key := service_key(host, routing.namespace):
                yield key


def _home(routing: Routing) -> Home:
    """Where its pods are, if they are in one namespace, and the hosts that it leads to."""
    hosts = frozenset(share.host for route in routing.routes for share in route.shares)
    keys = [service_key(host, "") for host in sorted(hosts)]
    spaces = {key[0] for key in keys if key}
    namespace = spaces.pop() if len(spaces) == 1 and all(keys) else routing.namespace
    return namespace, hosts, "" if hosts else f"{routing.namespace}/{routing.name}"


def _app(namespace: str, routings: list[Routing], known: Known) -> App:
    targets = _targets(routings, known.versions)
    place = {target: index for index, target in enumerate(targets)}
    names = known.versions.names(targets)

    def placed(share: Share) -> int:
        return place[share.host, share.subset]

    strands = joined([strand_of(each, placed, known) for each in routings])
    versions = tuple(known.versions.version(target, names[target]) for target in targets)
    numbers = known.sources.numbers(each.item for each in routings)
    behind = dict.fromkeys([*numbers, *(number for version in versions for number in version.objects)])
    own = (item for item in _own_services(routings, known) if item)
    badges = _badges(targets, known)
    name = min((each.name for each in routings), key=lambda each: (len(each), each))
    objects = tuple(dict.fromkeys([*behind, *known.sources.numbers(own)]))
    note = "" if any(strand.lines for strand in strands) else "no route"
    return App(name, namespace, strands, versions, badges, note, objects)


def _targets(routings: list[Routing], versions: Versions) -> list[Target]:
    """Every destination in the order of the routes, then the subsets of their hosts that get nothing."""
    sent = [(share.host, share.subset) for each in routings for route in each.routes for share in route.shares]
    split = dict.fromkeys(host for host, subset in sent if subset)
    idle = [(host, subset) for host in split for subset in versions.subsets(host)]
    return list(dict.fromkeys([*sent, *idle]))


def _own_services(routings: list[Routing], known: Known) -> Iterator[Item | None]:
    """The Services whose names are hosts of the routing, which may be no destination of it."""
    for routing in routings:
        yield from (known.versions.service(host) for host in routing.hosts if service_key(host, ""))


def _badges(targets: list[Target], known: Known) -> tuple[Badge, ...]:
    found: list[Badge] = []
    for host in dict.fromkeys(host for host, _ in targets):
        found += known.policies.services.get(service_key(host, "") or ("", ""), ())
        found += client_badges(known.versions.rules(host), known.sources)
    for target in targets:
        for workload in known.versions.workloads(target):
            found += known.policies.pods.get(workload, ())
    return tuple(dict.fromkeys(found))
