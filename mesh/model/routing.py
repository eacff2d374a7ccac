"""What becomes of an HTTP request once its routes are known? The first that takes it, and all that it does.

The order is Envoy's: CORS, then faults, then the route's own action; faults and policies of the proxy come before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mesh.model.forwarding import Hop, forwarded, mirrored
from mesh.model.handling import applied, cors, location, percentage, rewritten, seconds, with_headers
from mesh.model.http_match import At, why_not
from mesh.model.http_routes import HttpRoute
from mesh.model.mesh import Mesh
from mesh.model.outcome import Outcome, Step, after, shared
from mesh.model.proxies import Proxy
from mesh.model.request import Request
from mesh.model.yaml_values import as_map, as_maps

_ABORTED = "fault filter abort"


def routed(mesh: Mesh, proxy: Proxy, routes: Sequence[HttpRoute], request: Request, at: At) -> list[Outcome]:
    """What becomes of a request by these routes, in their order; 404 where none takes it."""
    passed: list[str] = []
    for route in routes:
        misses = [why_not(match, request, at, route.item.namespace) for match in route.matches]
        if not route.matches or None in misses:
            match = route.matches[misses.index(None)] if route.matches else {}
            step = Step(f"{route.name} takes it", route.item, route.path, tuple(passed))
            return after(_taken(mesh, proxy, route, match, request, at), step)
        passed.append(f"{route.name} does not: {'; '.join(each for each in misses if each)}")
    return [Outcome(status=404, steps=(Step("no route takes it", passed=tuple(passed)),))]


def _taken(
    mesh: Mesh, proxy: Proxy, route: HttpRoute, match: Mapping[str, Any], request: Request, at: At
) -> list[Outcome]:
    is_preflight, allowed = cors(request, as_map(route.spec.get("corsPolicy")))
    if is_preflight:
        return [Outcome(status=200, answer=allowed, steps=(Step("CORS answers the preflight", route.item),))]
    fault = as_map(route.spec.get("fault"))
    abort, delay = as_map(fault.get("abort")), as_map(fault.get("delay"))
    aborted, delayed = percentage(abort) if abort else 0.0, percentage(delay) if delay else 0.0
    found: list[Outcome] = []
    if aborted:
        status = abort.get("httpStatus")
        step = Step(f"{aborted * 100:g} % aborted with {status or abort.get('grpcStatus')}", route.item)
        found += shared([Outcome(status=int(status) if status else 200, body=_ABORTED, steps=(step,))], aborted)
    if aborted < 1:
        found += shared(_acted(mesh, proxy, route, match, request, at, allowed), 1 - aborted)
    return _delayed(found, delay, delayed, route) if delayed else found


def _delayed(outcomes: Sequence[Outcome], delay: Mapping[str, Any], share: float, route: HttpRoute) -> list[Outcome]:
    wait = seconds(delay.get("fixedDelay"))
    step = Step(f"{share * 100:g} % delayed by {delay.get('fixedDelay')}", route.item)
    late = [replace(each, seconds=(each.seconds or 0.0) + wait) for each in outcomes]
    return [*after(shared(late, share), step), *(shared(outcomes, 1 - share) if share < 1 else ())]


def _acted(
    mesh: Mesh, proxy: Proxy, route: HttpRoute, match: Mapping[str, Any], request: Request, at: At,
    allowed: Mapping[str, str],
) -> list[Outcome]:  # fmt: skip
    headers = as_map(route.spec.get("headers"))
    answered = as_map(headers.get("response"))
    if redirect := as_map(route.spec.get("redirect")):
        to = location(request, redirect, match, at.port)
        status = int(redirect.get("redirectCode") or 301)
        answer = applied({"location": to, **allowed}, answered)
        return [Outcome(status=status, answer=answer, steps=(Step(f"redirected to {to}", route.item),))]
    if direct := as_map(route.spec.get("directResponse")):
        body = as_map(direct.get("body")).get("string")
        status = int(direct.get("status") or 200)
        return [
            Outcome(status=status, body=body, answer=applied(allowed, answered),
                    steps=(Step(f"answered with {status} by the proxy", route.item),))
        ]  # fmt: skip
    listed = as_maps(route.spec.get("route"))
    weights = [_weight(each) for each in listed]
    if len(listed) == 1:
        weights = [1.0]
    total = sum(weights)
    found: list[Outcome] = []
    for each, weight in zip(listed, weights, strict=True):
        if weight and total:
            found += shared(_sent(mesh, proxy, route, match, request, at, each, allowed), weight / total)
    return found or [Outcome(status=503, steps=(Step("the route has no destination", route.item),))]


def _sent(
    mesh: Mesh, proxy: Proxy, route: HttpRoute, match: Mapping[str, Any], request: Request, at: At,
    share: Mapping[str, Any], allowed: Mapping[str, str],
) -> list[Outcome]:  # fmt: skip
    own, general = as_map(share.get("headers")), as_map(route.spec.get("headers"))
    changed = rewritten(request, route.spec, match)
    changed = with_headers(changed, as_map(general.get("request")), as_map(own.get("request")))
    hop = Hop(mesh, proxy, changed, route.spec, at.port, route.item)
    to = hop.to(as_map(share.get("destination")))
    outcomes = forwarded(hop, to)
    if not to.missing:
        outcomes = mirrored(hop, outcomes)
    steps = tuple(_changes(request, changed, route))
    return after([_with_answer(each, own, general, allowed) for each in outcomes], *steps)


def _changes(before: Request, now: Request, route: HttpRoute) -> list[Step]:
    steps: list[Step] = []
    if before.path != now.path:
        steps.append(Step(f"path rewritten to {now.path}", route.item, route.path))
    if before.authority != now.authority:
        steps.append(Step(f"authority rewritten to {now.authority}", route.item, route.path))
    for name in sorted({*before.headers, *now.headers}):
        if before.headers.get(name) != now.headers.get(name):
            text = f"header {name} set to {now.headers[name]}" if name in now.headers else f"header {name} removed"
            steps.append(Step(text, route.item, route.path))
    return steps


def _with_answer(
    outcome: Outcome, own: Mapping[str, Any], general: Mapping[str, Any], allowed: Mapping[str, str]
) -> Outcome:
    if outcome.status is None:
        return outcome
    headers = {**outcome.answer, **allowed}
    for operation in (general, own):
        headers = applied(headers, as_map(operation.get("response")))
    return replace(outcome, answer=headers)


def _weight(share: Mapping[str, Any]) -> float:
    weight = share.get("weight")
    return float(weight) if isinstance(weight, int | float) and weight > 0 else 0.0
