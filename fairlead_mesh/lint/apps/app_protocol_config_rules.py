"""Can what is not HTTP be routed as an app says, and does a delegated app leave its host to whoever delegates?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.handling import Handling
from fairlead_mesh.apps.match import Match
from fairlead_mesh.apps.route import Route
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.lint.rule import config_rule

_OF_CONNECTIONS = {"name", "match", "weights"}
_EVERY_HOST = "*"


@config_rule()
def connections_have_no_requests(config: Config) -> Iterator[Hit]:
    """A route for TLS or TCP says nothing about requests: it matches the port, and shares connections out by weights.

    The proxy passes bytes on and never sees a path, a header or an answer.
    """
    for index, app in enumerate(config.apps):
        for path, value in _of_requests(app) if app.protocol != "HTTP" else ():
            message = f"has no effect: {app.protocol} connections are passed on as they are"
            yield Hit(("apps", index, *path), value, message, f"remove {path[-1]}, or protocol: {app.protocol}")


def _of_requests(app: App) -> Iterator[tuple[Path, str | None]]:
    """Where an app speaks of requests, and what it says there if that is one word."""
    for key, value in _set(app, Handling):
        yield (key,), value
    for number, route in enumerate(app.routes):
        for key, value in _set(route, Route):
            if key not in _OF_CONNECTIONS:
                yield ("routes", number, key), value
        for place, match in enumerate(route.match):
            for key, value in _set(match, Match):
                if key != "port":
                    yield ("routes", number, "match", place, key), value


def _set(section: Handling | Match, of: type[Handling | Match]) -> Iterator[tuple[str, str | None]]:
    for name, field in of.model_fields.items():
        value = getattr(section, name)
        if value not in (None, {}, []):
            yield str(field.alias), value if isinstance(value, str) else None


@config_rule(needs=("gateways",))
def gateways_serve_connections(config: Config) -> Iterator[Hit]:
    """An app with protocol TCP is behind a TCP port of its gateway, one with TLS behind a port that passes TLS through.

    On any other port Envoy looks for HTTP, or terminates TLS itself: no connection would reach the app.
    """
    gateways = {gateway.name: gateway for gateway in config.gateways}
    for index, app in enumerate(config.apps):
        for number, name in enumerate(app.gateways if app.protocol != "HTTP" else ()):
            if name in gateways and not _serves(gateways[name], app.protocol):
                port = "{port: 443, protocol: TLS, tls: {mode: PASSTHROUGH}}"
                port = port if app.protocol == "TLS" else "{port: 31400, protocol: TCP}"
                message = f"this gateway has no port for {app.protocol}, so no connection would reach the app"
                yield Hit(("apps", index, "gateways", number), name, message, f"add a port to it, such as {port}")


def _serves(gateway: Gateway, protocol: str) -> bool:
    if protocol == "TLS":
        return any(port.tls and port.tls.mode == "PASSTHROUGH" and gateway.hosts(port) for port in gateway.ports)
    return any(port.protocol in ("TCP", "TLS") and gateway.hosts(port) for port in gateway.ports)


@config_rule()
def server_names_are_hosts(config: Config) -> Iterator[Hit]:
    """An app with protocol TLS has hosts: they are the server names by which its connections are known.

    `*` is none, and the webhook rejects it.
    """
    for index, app in enumerate(config.apps):
        if app.protocol == "TLS" and app.ingress_gateways and _EVERY_HOST in app.hosts:
            message = "TLS connections are routed by the server name that they ask for, and * is none"
            yield Hit(("apps", index, "hosts"), app.hosts, message, "write the hosts, such as [db.example.com]")


@config_rule("webhook")
def delegated_apps_leave_hosts_to_others(config: Config) -> Iterator[Hit]:
    """A delegated app has no hosts and no gateways: those of the app that delegates to it are meant.

    Istio takes a VirtualService with hosts for a route of its own, and never for a delegate. One delegates HTTP only,
    and not to a delegate.
    """
    for index, app in enumerate(config.apps):
        for key in ("hosts", "gateways") if app.delegated else ():
            if key in app.model_fields_set:
                message = "a delegated app has the hosts and gateways of the app that delegates to it"
                yield Hit(("apps", index, key), getattr(app, key), message, f"remove {key}, or delegated")
        if app.delegated and app.protocol != "HTTP":
            message = "Istio delegates HTTP requests only"
            yield Hit(("apps", index, "protocol"), app.protocol, message, "remove protocol, or delegated")
        for number, route in enumerate(app.routes if app.delegated else ()):
            if route.delegate:
                path: Path = ("apps", index, "routes", number, "delegate")
                message = "a delegated app cannot delegate further"
                yield Hit(path, route.delegate.name, message, "let the first app delegate to this one too")
