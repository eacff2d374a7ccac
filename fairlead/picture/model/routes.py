"""How is one route told in the picture? Its conditions, what it changes and where it sends requests, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fairlead.picture.model.model import Line, Objects, Share
from mesh.model.request_words import EVERY_REQUEST, requests_in_words
from mesh.model.routes import Route
from mesh.model.routes import Share as Sent
from mesh.model.yaml_values import as_map, as_maps

Target = tuple[str, str]
"""Host and subset."""


Closed = tuple[str, tuple[str, ...]]
"""The policy that closes a destination, and in words those that close it to some entrances only."""


def line(
    route: Route,
    place: Callable[[Sent], int],
    objects: Objects,
    closed: Callable[[Target], Closed] = lambda _: ("", ()),
) -> Line:
    """The route for the picture; `place` gives a destination's place among the app's versions, `closed` what policies
    say of it."""
    policies = [closed((share.host, share.subset)) for share in route.shares]
    shares = tuple(
        Share(place(share), share.percent, policy) for share, (policy, _) in zip(route.shares, policies, strict=True)
    )
    partly = dict.fromkeys(words for _, some in policies for words in some)
    return Line(
        tuple(_requests(route.spec)), tuple(_extras(route.spec)), shares, _answer(route), tuple(partly), objects
    )


def _requests(spec: Mapping[str, Any]) -> Iterator[str]:
    """Each condition by itself: one of them must hold."""
    matches = as_maps(spec.get("match"))
    yield from dict.fromkeys(requests_in_words([match]) for match in matches) if matches else [EVERY_REQUEST]


def _answer(route: Route) -> str:
    if route.answer or route.shares:
        return route.answer
    return "no destination"


def _extras(spec: Mapping[str, Any]) -> Iterator[str]:
    if rewrite := as_map(spec.get("rewrite")):
        new = [str(rewrite[key]) for key in ("authority", "uri") if rewrite.get(key)]
        yield f"rewrite to {' '.join(new)}" if new else "rewrite"
    if spec.get("timeout"):
        yield f"timeout {spec['timeout']}"
    if retries := as_map(spec.get("retries")):
        attempts = retries.get("attempts", "?")
        yield "no retries" if attempts == 0 else f"{attempts} retr{'y' if attempts == 1 else 'ies'}"
    fault = as_map(spec.get("fault"))
    if abort := as_map(fault.get("abort")):
        status = abort.get("httpStatus") or abort.get("grpcStatus") or ""
        yield f"aborts {_percent(abort)} with {status}".rstrip()
    if delay := as_map(fault.get("delay")):
        yield f"delays {_percent(delay)} by {delay.get('fixedDelay', '?')}"
    yield from _mirrors(spec)
    for key, words in (("corsPolicy", "CORS"), ("headers", "changes headers")):
        if spec.get(key):
            yield words


def _percent(fault: Mapping[str, Any]) -> str:
    value = as_map(fault.get("percentage")).get("value", 100)
    return f"{value:g} %" if isinstance(value, int | float) else "some"


def _mirrors(spec: Mapping[str, Any]) -> Iterator[str]:
    if mirror := as_map(spec.get("mirror")):
        share = as_map(spec.get("mirrorPercentage")).get("value", 100)
        yield f"mirrors {share} % to {_target_in_words(mirror)}"
    for each in as_maps(spec.get("mirrors")):
        share = as_map(each.get("percentage")).get("value", 100)
        yield f"mirrors {share} % to {_target_in_words(as_map(each.get('destination')))}"


def _target_in_words(destination: Mapping[str, Any]) -> str:
    host, subset = str(destination.get("host", "?")), destination.get("subset")
    short = host.partition(".")[0] if host.endswith(".svc.cluster.local") else host
    return f"{short} {subset}" if subset else short
