"""What happens to requests? A route: its conditions, and what it does with what matches."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mesh.apps.handling import Handling
from mesh.apps.match import Match
from mesh.keys.scalars import Authority, DnsLabel, Percent, UrlPath
from mesh.keys.section import Section
from mesh.keys.together import at_least_one, at_most_one


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


class RouteMatch(Section):
    """Which requests a route takes."""

    match: list[Match] = Field(default_factory=list[Match])
    """Conditions, one of which must match; without any, every request matches."""


class Route(Handling, RouteMatch):
    """What happens to matching requests; the first route that matches is used."""

    together = tuple(
        at_most_one(
            "redirect",
            other,
            what=f"a redirect answers the request itself; remove {other}, or the redirect",
        )
        for other in ("weights", "rewrite", "timeout", "retries")
    )

    weights: dict[DnsLabel, Percent] = Field(default_factory=dict[str, int])
    """Weight of each version in percent; without weights, all requests go to the app's Service."""
    rewrite: Rewrite | None = None
    """Changes of path and host."""
    redirect: Redirect | None = None
    """Redirects the client; excludes weights and rewrite."""
