"""Do releases reach the clients that they are meant for? Active versions, sticky routes, and weights of controllers."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.apps.client_headers import COOKIE, USER_AGENT
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import config_rule

_STABLE_AND_CANARY = 2


@config_rule(firm=True)
def active_versions_exist(config: Config) -> Iterator[Hit]:
    """The active version is one of the app's.

    Requests to a subset that no DestinationRule defines get 503.
    """
    for index, app in enumerate(config.apps):
        known = [version.name for version in app.versions]
        if app.active and app.active not in known:
            remedy = f"it has {', '.join(known)}" if known else "it has none; add them under versions"
            yield Hit(("apps", index, "active"), app.active, f"{app.name} has no version of this name", remedy)


@config_rule(needs=("clients",), firm=True)
def devices_are_known(config: Config) -> Iterator[Hit]:
    """The device of a match is a class that the stack file describes.

    Without its expression nobody knows which User-Agent headers it means.
    """
    known = sorted(config.clients.devices)
    for index, app in enumerate(config.apps):
        for number, route in enumerate(app.routes):
            for place, match in enumerate(route.match):
                if match.device and match.device not in known:
                    path: Path = ("apps", index, "routes", number, "match", place, "device")
                    remedy = f"clients.devices has {', '.join(known)}" if known else "describe it under clients.devices"
                    yield Hit(path, match.device, "no such class of devices", remedy)


@config_rule(needs=("clients",))
def matches_name_a_header_once(config: Config) -> Iterator[Hit]:
    """A match has one condition for each header; a user, a device, a cookie and a sticky route are such conditions too.

    Istio takes one condition for a name: one of the two would silently not count.
    """
    for index, app in enumerate(config.apps):
        for number, route in enumerate(app.routes):
            for place, match in enumerate(route.match):
                own: Path = ("apps", index, "routes", number)
                named = {
                    "user": (match.user, config.clients.user_header),
                    "device": (match.device, USER_AGENT),
                    "cookie": (match.cookie, COOKIE),
                }
                for key, (value, header) in named.items():
                    if value and header in match.headers:
                        shown = value if isinstance(value, str) else None
                        yield _twice(
                            (*own, "match", place, key), shown, header, f"remove {key}, or the one on {header}"
                        )
                if route.sticky and (match.cookie or COOKIE in match.headers):
                    remedy = "match by something else than a cookie, or remove sticky"
                    yield _twice((*own, "sticky", "cookie"), route.sticky.cookie, COOKIE, remedy)


def _twice(path: Path, value: str | None, header: str, remedy: str) -> Hit:
    return Hit(path, value, f"the header {header} already has a condition in this match", remedy)


@config_rule()
def sticky_routes_share_requests_out(config: Config) -> Iterator[Hit]:
    """A sticky route has weights, and they are those of the stack file.

    Without weights there is nothing to stay with. Where a controller takes a version's weight away, clients with its
    cookie would still go there.
    """
    for index, app in enumerate(config.apps):
        for number, route in enumerate(app.routes):
            path: Path = ("apps", index, "routes", number, "sticky")
            if route.sticky and not route.shares:
                yield Hit(path, None, "this route shares no requests out", "add weights, or remove sticky")
            elif route.sticky and route.managed_by:
                message = f"{route.managed_by} changes the weights on the cluster, and clients would not follow it"
                yield Hit(path, None, message, "remove sticky, or managedBy")


@config_rule()
def managed_weights_are_of_two_versions(config: Config) -> Iterator[Hit]:
    """A controller moves requests between two versions, and finds the route that it changes.

    Argo Rollouts knows one route of several by its name (`virtualService.routes`).
    """
    for index, app in enumerate(config.apps):
        for number, route in enumerate(app.routes):
            path: Path = ("apps", index, "routes", number, "weights")
            if route.managed_by and len(route.shares) != _STABLE_AND_CANARY:
                message = f"{route.managed_by} moves requests between two versions, the stable one and the canary"
                yield Hit(path, route.shares, message, "write the weights of these two, such as {v1: 100, v2: 0}")
            elif route.managed_by == "argo-rollouts" and len(app.routes) > 1 and not route.name:
                message = "Argo Rollouts cannot tell this route from the app's others"
                remedy = "add name to the route, and the same name to virtualService.routes of the Rollout"
                yield Hit((*path, "managedBy"), route.managed_by, message, remedy)
