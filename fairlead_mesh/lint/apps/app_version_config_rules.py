"""Do the weights of an app share its requests out among its versions?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.route import Route
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.repetition import repeated
from fairlead_mesh.lint.rule import config_rule

_WHOLE = 100


@config_rule("webhook")
def versions_are_unique(config: Config) -> Iterator[Hit]:
    """Weights refer to a version by its name, so version names of an app are unique.

    The webhook rejects them as subsets of a DestinationRule: `duplicate subset names`.
    """
    for index, app in enumerate(config.apps):
        named = (
            (("apps", index, "versions", number, "name"), version.name) for number, version in enumerate(app.versions)
        )
        yield from repeated(named, "version")


@config_rule("IST0101", "KIA1107", firm=True)
def weights_name_versions(config: Config) -> Iterator[Hit]:
    """A weight belongs to a version of the app.

    Requests to a subset that no DestinationRule defines get 503.
    """
    for index, app in enumerate(config.apps):
        known = [version.name for version in app.versions]
        for number, route in enumerate(app.routes):
            for name, weight in route.shares.items():
                if name not in known:
                    remedy = f"it has {', '.join(known)}" if known else "it has none; add them under versions"
                    path = ("apps", index, "routes", number, "weights", name)
                    yield Hit(path, weight, f"{app.name} has no version {name}: these requests would get 503", remedy)


@config_rule("IST0101", "KIA1107", firm=True)
def mirrors_name_versions(config: Config) -> Iterator[Hit]:
    """Copies of requests go to a version of the app.

    To a subset that no DestinationRule defines nothing is sent, and nobody sees an error.
    """
    for index, app in enumerate(config.apps):
        known = [version.name for version in app.versions]
        for number, route in enumerate(app.routes):
            if route.mirror and route.mirror.version not in known:
                remedy = f"it has {', '.join(known)}" if known else "it has none; add them under versions"
                path = ("apps", index, "routes", number, "mirror", "version")
                yield Hit(path, route.mirror.version, f"{app.name} has no version of this name", remedy)


@config_rule()
def weights_add_up(config: Config) -> Iterator[Hit]:
    """Weights add up to 100: any other sum shows that one of them was forgotten.

    Istio accepts any sum but 0 and divides by it, so a canary of 10 beside 50 silently gets a sixth of the traffic.
    """
    for index, app in enumerate(config.apps):
        for number, route in enumerate(app.routes):
            total = sum(route.shares.values())
            if route.shares and total != _WHOLE:
                path = ("apps", index, "routes", number, "weights")
                message = f"the weights add up to {total}, not 100, so they are not percentages"
                remedy = f"add {_WHOLE - total} to one of them" if total < _WHOLE else f"take {total - _WHOLE} away"
                yield Hit(path, route.shares, message, remedy)


@config_rule(severity="warning")
def versions_receive_requests(config: Config) -> Iterator[Hit]:
    """A version without a weight in any reachable route never gets a request.

    The new version is deployed, its dashboards stay empty, and nobody learns from the canary. A weight of 0 is accepted
    as intended: a canary starts with it. With `active`, the versions that wait are.
    """
    for index, app in enumerate(config.apps):
        reached = [route for route in _reached(app) if not (route.redirect or route.direct_response)]
        weighed = {name for route in reached for name in app.shares(route)}
        weighed |= {route.mirror.version for route in reached if route.mirror}
        if not weighed or app.active:
            continue
        shared = any(not app.shares(route) for route in reached)
        for number, version in enumerate(app.versions):
            by_service = shared and version.service in (None, app.service_name)
            if version.name not in weighed and not by_service:
                message = f"no reachable route has a weight for {version.name}: it gets no requests"
                remedy = f"add it to the weights, if only as {version.name}: 0, or remove the version"
                yield Hit(("apps", index, "versions", number, "name"), version.name, message, remedy)


def _reached(app: App) -> Iterator[Route]:
    """The routes up to the first that takes every request."""
    for route in app.routes:
        yield route
        if not route.match:
            return
