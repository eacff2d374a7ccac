"""What becomes of an HTTP request once its routes are known? The first that takes it, and all that it does.

The order is Envoy's: CORS, then faults, then the route's own action; faults and policies of the proxy come before it.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.model.requests.handling import cors, is_answered_here, location, percentage, rewritten, seconds
from fairlead_mesh.model.requests.handling_words import route_in_words
from fairlead_mesh.model.requests.header_operations import operated, told, with_headers
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.forwarding import Hop, forwarded, mirrored
from fairlead_mesh.model.traffic.http_routes import HttpRoute, Routes
from fairlead_mesh.model.traffic.outcome import Outcome, Step, after, shared
from fairlead_mesh.model.traffic.route_choice import PassedOver, Place, first_route, weights

_ABORTED = "fault filter abort"


@dataclass(frozen=True, eq=False)
class _Taken:
    """A request with the route that takes it, and the match that does; `allowed` are the headers of CORS."""

    place: Place
    route: HttpRoute
    match: Mapping[str, Any]
    allowed: Mapping[str, str]

    @property
    def spec(self) -> Mapping[str, Any]:
        return self.route.spec

    def step(self, text: str) -> Step:
        """Something that the route does."""
        return Step(text, self.route.item, self.route.path)


def routed(place: Place, routes: Routes) -> list[Outcome]:
    """What becomes of a request by these routes, in their order; 404 where none takes it."""
    found = first_route(place, routes)
    if found is None:
        return [Outcome(status=404, steps=(Step("no route matches", passed=PassedOver(place, routes)),))]
    route, match = found
    step = Step(f"{route.name} matches", route.item, route.path, PassedOver(place, routes, route))
    return after(_taken(place, route, match), step)


def _taken(place: Place, route: HttpRoute, match: Mapping[str, Any]) -> list[Outcome]:
    # Envoy's CORS filter leaves routes alone that send nothing on (decodeHeaders in cors_filter.cc: no routeEntry).
    policy = {} if is_answered_here(route.spec) else as_map(route.spec.get("corsPolicy"))
    is_preflight, allowed = cors(place.request, policy)
    taken = _Taken(place, route, match, allowed)
    if is_preflight:
        return [Outcome(status=200, answer=allowed, steps=(taken.step("CORS answers the preflight"),))]
    fault = as_map(route.spec.get("fault"))
    abort, delay = as_map(fault.get("abort")), as_map(fault.get("delay"))
    aborted, delayed = percentage(abort), percentage(delay)
    found: list[Outcome] = []
    if aborted:
        status = abort.get("httpStatus")
        step = taken.step(f"{aborted * 100:g} % aborted with {status or abort.get('grpcStatus')}")
        answer = operated(allowed, *told(route.spec), place.request, alone=True)
        ended = Outcome(status=int(status) if status else 200, body=_ABORTED, answer=answer, steps=(step,))
        found += shared([ended], aborted)
    if aborted < 1:
        found += shared(_acted(taken), 1 - aborted)
    return _delayed(taken, found, delay, delayed) if delayed else found


def _delayed(taken: _Taken, outcomes: Sequence[Outcome], delay: Mapping[str, Any], share: float) -> list[Outcome]:
    wait = seconds(delay.get("fixedDelay"))
    step = taken.step(f"{share * 100:g} % delayed by {delay.get('fixedDelay')}")
    late = [replace(each, seconds=(each.seconds or 0.0) + wait) for each in outcomes]
    return [*after(shared(late, share), step), *(shared(outcomes, 1 - share) if share < 1 else ())]


def _acted(taken: _Taken) -> list[Outcome]:
    answered, _ = told(taken.spec)
    if redirect := as_map(taken.spec.get("redirect")):
        to = location(taken.place.request, redirect, taken.match, taken.place.at.port)
        status = int(redirect.get("redirectCode") or 301)
        answer = operated({"location": to}, answered, {}, taken.place.request, alone=True)
        return [Outcome(status=status, answer=answer, steps=(taken.step(f"redirected to {to}"),))]
    if direct := as_map(taken.spec.get("directResponse")):
        status, body = int(direct.get("status") or 200), _body(as_map(direct.get("body")))
        step = taken.step(f"answered with {status} by the proxy")
        answer = operated({}, answered, {}, taken.place.request, alone=True)
        return [Outcome(status=status, body=body, answer=answer, steps=(step,))]
    return _shared_out(taken)


def _body(said: Mapping[str, Any]) -> str | None:
    """What the proxy answers with: a string, or bytes as base64 writes them."""
    if given := said.get("bytes"):
        return b64decode(str(given)).decode(errors="replace")
    return said.get("string")


def _shared_out(taken: _Taken) -> list[Outcome]:
    """To the destinations of the route, by their weights; a lone one gets everything."""
    listed = as_maps(taken.spec.get("route"))
    found: list[Outcome] = []
    for each, weight in zip(listed, weights(listed), strict=True):
        if weight:
            found += shared(_sent(taken, each, alone=len(listed) == 1), weight)
    return found or [Outcome(status=503, steps=(taken.step("the route has no destination"),))]


def _sent(taken: _Taken, share: Mapping[str, Any], *, alone: bool) -> list[Outcome]:
    place, route = taken.place, taken.route
    own, general = as_map(share.get("headers")), as_map(route.spec.get("headers"))
    changed = rewritten(place.request, route.spec, taken.match)
    named = as_map(route.spec.get("rewrite")).get("authority")
    changed = with_headers(changed, as_map(general.get("request")), as_map(own.get("request")), alone=alone)
    changed = changed.changed(authority=str(named)) if named else changed
    hop = Hop(place.mesh, place.proxy, changed, route.spec, place.at.port, route.item)
    to = hop.to(as_map(share.get("destination")))
    outcomes = forwarded(hop, to)
    if not to.missing and (to.endpoints or to.is_original):
        outcomes = mirrored(hop, outcomes)  # the router of Envoy picks a pod before it copies anything
    answers = (as_map(general.get("response")), as_map(own.get("response")))
    ends = [
        each
        if each.status is None
        else replace(each, answer=operated({**each.answer, **taken.allowed}, *answers, changed, alone=alone))
        for each in outcomes
    ]
    told = [taken.step(words) for words in route_in_words(route.spec)]
    allowed = [taken.step("CORS allows the origin")] if taken.allowed else []
    return after(ends, *allowed, *_changes(taken, changed), *told)


def _changes(taken: _Taken, now: Request) -> list[Step]:
    before = taken.place.request
    steps: list[Step] = []
    if before.path != now.path:
        steps.append(taken.step(f"path rewritten to {now.path}"))
    if before.authority != now.authority:
        steps.append(taken.step(f"authority rewritten to {now.authority}"))
    for name in sorted({*before.headers, *now.headers}):
        if before.headers.get(name) != now.headers.get(name):
            done = f"set to {now.headers[name]}" if name in now.headers else "removed"
            steps.append(taken.step(f"header {name} {done}"))
    return steps
