"""How is one route told in the picture? Its conditions, what it changes and where it sends requests, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fairlead.picture.model.model import Line, Objects, Share
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN
from fairlead_mesh.model.objects.yaml_values import as_maps
from fairlead_mesh.model.request_words import EVERY_REQUEST, requests_in_words
from fairlead_mesh.model.route_settings import Settings
from fairlead_mesh.model.routes import Route
from fairlead_mesh.model.routes import Share as Sent

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
        tuple(_requests(route.spec)), tuple(_extras(route.settings)), shares, _answer(route), tuple(partly), objects
    )


def _requests(spec: Mapping[str, Any]) -> Iterator[str]:
    """Each condition by itself: one of them must hold."""
    matches = as_maps(spec.get("match"))
    yield from dict.fromkeys(requests_in_words([match]) for match in matches) if matches else [EVERY_REQUEST]


def _answer(route: Route) -> str:
    if route.answer or route.shares:
        return route.answer
    return "no destination"


def _extras(said: Settings) -> Iterator[str]:
    if said.authority or said.path:
        yield f"rewrite to {f'{said.authority} {said.path}'.strip()}"
    if said.timeout:
        yield f"timeout {said.timeout}"
    if said.attempts is not None:
        yield f"{said.attempts} retr{'y' if said.attempts == 1 else 'ies'}" if said.attempts else "no retries"
    if said.abort:
        yield f"aborts {said.abort.percent:g} % with {said.abort.what}"
    if said.delay:
        yield f"delays {said.delay.percent:g} % by {said.delay.what}"
    for each in said.mirrors:
        short = each.host.partition(".")[0] if each.host.endswith(f".{CLUSTER_DOMAIN}") else each.host or "?"
        yield f"mirrors {each.percent:g} % to {short} {each.subset}".rstrip()
    if said.cors:
        yield "CORS"
    if said.headers:
        yield "changes headers"
