"""Which apps say that they call which? By Sidecars that name hosts: the app of its pods calls those of the hosts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairlead.picture.model.model import App, Call, Quarter
from fairlead.picture.model.sources import Sources
from fairlead_mesh.model.graph import service_key
from fairlead_mesh.model.pods.sidecar_scopes import named_hosts


def calls(quarters: Sequence[Quarter], sources: Sources) -> Iterator[Call]:
    """In the order of the apps in the picture."""
    placed = [((one, other), app) for one, quarter in enumerate(quarters) for other, app in enumerate(quarter.apps)]
    scopes = [(sources.numbers([item]), named_hosts(item)) for item in sources.graph.all_of_kind("Sidecar")]
    for place, app in placed:
        held = {number for badge in app.badges for number in badge.objects}
        for numbers, hosts in scopes:
            if held.isdisjoint(numbers):
                continue
            # A host outside of the mesh is an app of its own where requests to it go through a gateway.
            first = (next((each for each in placed if _answers(each[1], host, sources)), None) for host in hosts)
            called = sorted({each[0]: each[1] for each in first if each}.items(), key=lambda each: each[0])
            yield from (
                Call(place, to, f"{app.name} calls {other.name}", numbers) for to, other in called if to != place
            )


def _answers(app: App, host: str, sources: Sources) -> bool:
    """Whether the requests for a host are for an app: by its Service, by its own name, or by a host outside."""
    key = service_key(host, "")
    service = sources.graph.services.get(key) if key else None
    if service and not set(sources.numbers([service])).isdisjoint(app.objects):
        return True
    return (app.namespace, app.name) == key or any(version.name == host for version in app.versions)
