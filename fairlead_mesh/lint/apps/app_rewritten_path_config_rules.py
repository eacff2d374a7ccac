"""Do the policies and limits of an app name paths as it sees them, after its own rewrites?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.match import Match
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.model.virtual_service import MESH

_OPEN = re.compile(r"[*{]")


@dataclass(frozen=True)
class _Way:
    """Which paths a match of a route takes, those that begin with `outer` or it alone, and what it puts in its place;
    `is_whole` where it takes all requests for them."""

    number: int
    outer: str
    inner: str
    is_prefix: bool
    is_whole: bool

    def takes(self, path: str) -> bool:
        return path.startswith(self.outer) if self.is_prefix else path == self.outer

    def brings(self, path: str, *, is_prefix: bool) -> bool:
        """Whether what it rewrites becomes a path that is named; whatever begins with a slash names none."""
        return self.inner != "/" and (
            path == self.inner
            or (self.is_prefix and path.startswith(self.inner))
            or (is_prefix and self.inner.startswith(path))
        )


@config_rule(severity="warning")
def paths_are_those_after_the_rewrite(config: Config) -> Iterator[Hit]:
    """A path in `callers`, `deny`, `authorizer` and `rateLimits` is one that the app sees, after its own rewrites.

    The client's proxy or the gateway rewrites, the app's proxy decides: where /shop is rewritten to /, no request for
    /shop/cart is allowed by `paths: [/shop/*]`, and none is denied by it.
    """
    for index, app in enumerate(config.apps):
        ways = [*_ways(app)]
        for place, path in _named(app) if any(way.inner != way.outer for way in ways) else ():
            known = _OPEN.split(path)[0]
            way = _rewriting(ways, known, is_prefix=known != path)
            if way:
                seen = way.inner + known.removeprefix(way.outer)
                message = f"routes[{way.number}] rewrites {way.outer} to {way.inner} before, so the app sees {seen}"
                remedy = f"write {seen}{path[len(known) :]}, the path after the rewrite"
                yield Hit(("apps", index, *place), path, message, remedy)


def _rewriting(ways: Sequence[_Way], path: str, *, is_prefix: bool) -> _Way | None:
    """The way that changes a path before the app sees it, where no other brings the path to it."""
    found: _Way | None = None
    for way in (each for each in ways if each.takes(path)):
        if way.inner == way.outer:
            return None
        found = found or way
        if way.is_whole:
            break
    if any(way.inner != way.outer and way.brings(path, is_prefix=is_prefix) for way in ways):
        return None
    return found


def _named(app: App) -> Iterator[tuple[Path, str]]:
    """The paths that decide about requests which have come through the app's routes."""
    for key in ("callers", "deny"):
        for number, client in enumerate(getattr(app, key)):
            is_inside = client.is_known_by_mtls and not client.gateway
            if not is_inside or MESH in app.gateways:
                yield from (((key, number, "paths", place), path) for place, path in enumerate(client.paths))
    if app.authorizer:
        yield from ((("authorizer", "paths", place), path) for place, path in enumerate(app.authorizer.paths))
        left_out = enumerate(app.authorizer.except_paths)
        yield from ((("authorizer", "exceptPaths", place), path) for place, path in left_out)
    for number, limit in enumerate(app.rate_limits):
        yield from ((("rateLimits", number, "paths", place), path) for place, path in enumerate(limit.paths))


def _ways(app: App) -> Iterator[_Way]:
    """Which paths a regular expression takes, nobody knows here: as if it took every path and changed none."""
    for number, route in enumerate(app.routes):
        if route.redirect or route.direct_response or route.delegate:
            continue
        for match in route.match or [Match()]:
            uri = match.uri
            outer = (uri.exact or uri.prefix or "/") if uri else "/"
            inner = (route.rewrite.uri if route.rewrite else None) or outer
            is_known = not (uri and uri.regex)
            is_whole = match == Match(uri=uri)
            yield _Way(number, outer, inner if is_known else outer, not (uri and uri.exact), is_whole)
