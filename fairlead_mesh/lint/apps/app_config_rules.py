"""Does every app lead from a gateway to a Service?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.lint.stack.stack_items import declared_services
from fairlead_mesh.model.hostnames import covers
from fairlead_mesh.model.virtual_service import MESH


@config_rule(severity="warning")
def routes_without_a_match_are_last(config: Config) -> Iterator[Hit]:
    """A route without `match` is the last one of its app: it takes every request that is left.

    What is behind it, such as a second default, gets none, and nothing says so on the cluster.
    """
    for index, app in enumerate(config.apps):
        first = next((number for number, route in enumerate(app.routes) if not route.match), len(app.routes))
        for number in range(first + 1, len(app.routes)):
            message = f"routes[{first}] has no match, so it takes every request and this one gets none"
            remedy = "remove one of the two" if not app.routes[number].match else f"put it before routes[{first}]"
            yield Hit(("apps", index, "routes", number), None, message, remedy)


@config_rule("IST0101", "KIA1102", needs=("gateways",), firm=True)
def gateways_exist(config: Config) -> Iterator[Hit]:
    """An app is reachable through a gateway of this stack, or through `mesh` by clients in the mesh.

    istiod accepts a VirtualService for a gateway that does not exist, and no proxy uses it: every request gets 404.
    """
    known = [*(gateway.name for gateway in config.gateways), MESH]
    names = set(known)
    for index, app in enumerate(config.apps):
        for number, name in enumerate(app.gateways):
            if name not in names:
                path = ("apps", index, "gateways", number)
                remedy = f"this stack has {', '.join(known)}"
                yield Hit(path, name, "no such gateway: the app would not be reachable through it", remedy)


@config_rule(needs=("gateways",))
def gateways_serve_http(config: Config) -> Iterator[Hit]:
    """HTTP routes need a port with an HTTP protocol on which the gateway serves a host.

    On a TCP port, or with TLS passthrough, Envoy never sees a path or a header: the routes would not be used.
    """
    serving = {
        gateway.name: any(
            gateway.hosts(port)
            and port.protocol not in ("TCP", "TLS")
            and not (port.tls and port.tls.mode == "PASSTHROUGH")
            for port in gateway.ports
        )
        for gateway in config.gateways
    }
    for index, app in enumerate(config.apps):
        for number, name in enumerate(app.gateways if app.protocol == "HTTP" else ()):
            if not serving.get(name, True):
                path = ("apps", index, "gateways", number)
                message = "this gateway serves no host over HTTP, so no route of the app would be used"
                remedy = "give one of its ports hosts and an HTTP protocol"
                yield Hit(path, name, message, remedy)


@config_rule("webhook")
def hosts_do_not_overlap(config: Config) -> Iterator[Hit]:
    """Istio rejects a VirtualService that names a host twice, also by a wildcard.

    The webhook's error is `duplicate or overlapping hosts`; without the webhook Envoy rejects the whole listener.
    """
    for index, app in enumerate(config.apps):
        for number, host in enumerate(app.hosts):
            for before, other in enumerate(app.hosts[:number]):
                if covers(host, other) or covers(other, host):
                    path: Path = ("apps", index, "hosts")
                    message = f"is already covered by {other}, and istiod's webhook rejects both in one app"
                    yield Hit((*path, number), host, message, "remove one of them", first=(*path, before))
                    break


@config_rule(severity="warning")
def hosts_have_a_gateway(config: Config) -> Iterator[Hit]:
    """Hosts are served by gateways: clients in the mesh use the name of the Service, whatever `hosts` contains.

    The app answers at its Service's name only, while everybody waits for the host to work.
    """
    for index, app in enumerate(config.apps):
        if not app.ingress_gateways and app.hosts != ["*"]:
            message = "has no effect: the app has no gateway but mesh, where clients use the name of its Service"
            remedy = "add a gateway under gateways, or remove hosts"
            yield Hit(("apps", index, "hosts"), app.hosts, message, remedy)


@config_rule("IST0101", "KIA1101", needs=("samples", "addons", "gateways", "istio"), severity="warning")
def services_of_apps_are_known(config: Config) -> Iterator[Hit]:
    """The Service of an app is one of this stack's, or the app sets `external`.

    If no Service of that name exists, every request to the app gets 503; a misspelt name has the same effect.
    """
    for index, names in unknown_services(config).items():
        app = config.apps[index]
        path = ("apps", index, "service" if app.service and app.service in names else "name")
        message = f"nothing in this stack declares the Service {', '.join(names)} in {app.namespace}"
        message += "; unless something else does, every request gets a 503"
        value = app.service_name if app.service_name in names else None
        yield Hit(path, value, message, "write external: true if it exists, or fix service or namespace")


def unknown_services(config: Config) -> dict[int, list[str]]:
    """Index of an app -> the Services that it names and that neither samples nor charts of this stack bring."""
    known = declared_services(config)
    found = {
        index: [name for name in app.services if (app.namespace, name) not in known]
        for index, app in enumerate(config.apps)
        if not app.external and app.answers_requests
    }
    return {index: names for index, names in found.items() if names}
