"""What happens to requests? A route: its conditions, and what it does with what matches."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from fairlead_mesh.apps.fault import Fault, HttpStatus
from fairlead_mesh.apps.handling import Handling
from fairlead_mesh.apps.match import Match
from fairlead_mesh.apps.weights import Weights
from fairlead_mesh.keys.scalars import Authority, CookieName, DnsLabel, NonEmpty, Percent, TimeSpan, UrlPath
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.together import at_least_one, at_most_one


class Rewrite(Section):
    """Rewrites the request before it is sent to the app."""

    together = (at_least_one("uri", "authority", what="say what to rewrite: uri, authority or both"),)

    uri: UrlPath | None = None
    """Replaces the matched prefix, or the whole path of an exact match."""
    authority: Authority | None = None
    """Replaces the Host header."""


class Redirect(Section):
    """Redirects the client instead of routing the request."""

    together = (at_least_one("uri", "authority", "scheme", what="say where to: uri, authority or scheme"),)

    uri: UrlPath | None = None
    """New path."""
    authority: Authority | None = None
    """New host."""
    scheme: Literal["http", "https"] | None = None
    """New scheme."""
    redirect_code: Literal[301, 302, 303, 307, 308] = 301
    """HTTP status."""


class DirectResponse(Section):
    """Answers instead of the app."""

    status: HttpStatus
    """HTTP status, such as 404."""
    body: NonEmpty | None = None
    """The text of the answer."""


class Delegate(Section):
    """Leaves requests to the routes of another app: one with `delegated: true`, of this stack or of another."""

    name: DnsLabel
    """Name of that app, which is the name of its VirtualService."""
    namespace: DnsLabel | None = None
    """Its namespace; defaults to this app's."""


class Mirror(Section):
    """Sends copies of requests to a version; what it answers is thrown away."""

    version: DnsLabel
    """The version that gets the copies."""
    percentage: Percent = 100
    """Which part of the requests is copied."""


class Sticky(Section):
    """Keeps a client at its version: the first answer sets a cookie with the version's name, and whoever sends it goes
    there as long as the version has a weight above 0."""

    cookie: CookieName
    """Name of the cookie, such as shop-version."""
    max_age: TimeSpan | None = None
    """How long the client keeps it, such as 1h; without, until the browser's session ends."""


class RouteMatch(Section):
    """Which requests a route takes."""

    name: DnsLabel | None = None
    """Name of the route, by which `fairlead shift` and Argo Rollouts find it."""
    match: list[Match] = Field(default_factory=list[Match])
    """Conditions, one of which must match; without any, every request matches."""


_ANSWERS = {
    "redirect": "a redirect answers the request itself",
    "directResponse": "a direct response answers the request itself",
    "delegate": "a delegate says itself where requests go",
}
_INHERITED = ("rewrite", "mirror", "fault", "timeout", "retries")
"""What a delegate's routes get from the route that delegates to them, where they say nothing themselves."""
_OF_DESTINATIONS = ("weights", "sticky", "rewrite", "mirror", "fault", "timeout", "retries")


class Route(Handling, RouteMatch):
    """What happens to matching requests; the first route that matches is used. What it says of timeout, retries,
    headers or corsPolicy is used instead of the app's."""

    together = (
        *(
            at_most_one(answer, other, what=f"{what}; remove {other}, or the {answer}")
            for answer, what in _ANSWERS.items()
            for other in _OF_DESTINATIONS
            if answer != "delegate" or other not in _INHERITED
        ),
        at_most_one(*_ANSWERS, what="a request gets one answer: keep redirect, directResponse or delegate"),
    )

    weights: Weights | None = None
    """Weight of each version in percent, such as {v1: 90, v2: 10}; without weights, requests go to the app's active
    version, or to its Service where it has none."""
    sticky: Sticky | None = None
    """How a client stays with the version that it got first, such as {cookie: shop-version}; by default each request is
    shared out by itself."""
    rewrite: Rewrite | None = None
    """Changes of path and host."""
    redirect: Redirect | None = None
    """Redirects the client, such as {uri: /new}; excludes what is done to requests on their way to the app."""
    direct_response: DirectResponse | None = None
    """Answers at once, such as {status: 404, body: gone}; excludes the same."""
    delegate: Delegate | None = None
    """Another app whose routes say what becomes of the requests, such as {name: cart, namespace: team-cart}: for a host
    whose paths belong to several teams. What is said here beside it is for all of its routes that do not say it."""
    mirror: Mirror | None = None
    """A version that gets copies, such as {version: v2, percentage: 10}."""
    fault: Fault | None = None
    """Delays and aborts for tests, such as {abort: {percentage: 10, httpStatus: 503}}."""

    @property
    def shares(self) -> dict[str, int]:
        """Weight of each version that it names."""
        return self.weights.shares if self.weights else {}

    @property
    def managed_by(self) -> str | None:
        return self.weights.managed_by if self.weights else None
