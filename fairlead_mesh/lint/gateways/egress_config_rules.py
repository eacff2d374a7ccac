"""Do hosts outside the mesh have names of their own, and the egress gateways that they are reached through?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.repetition import repeated
from fairlead_mesh.lint.rule import config_rule


@config_rule(needs=("gateways",))
def egress_gateways_exist(config: Config) -> Iterator[Hit]:
    """A host outside the mesh is reached through an egress gateway of this stack.

    An ingress gateway is open to whoever reaches its load balancer, and would pass their requests on as the mesh's own.
    """
    directions = {gateway.name: gateway.direction for gateway in config.gateways}
    egress = sorted(name for name, direction in directions.items() if direction == "egress")
    for index, host in enumerate(config.egress):
        if host.through and host.through not in egress:
            found = directions.get(host.through)
            message = "this is an ingress gateway" if found else "this stack has no such gateway"
            remedy = f"this stack has {', '.join(egress)}" if egress else "add one with direction: egress to gateways"
            yield Hit(("egress", index, "through"), host.through, message, remedy)


@config_rule(needs=("apps",), firm=True)
def egress_names_are_unique(config: Config) -> Iterator[Hit]:
    """A host outside the mesh has a name that no other one and no app has: `calls` would mean both.

    Their objects would have the same names too, and Pulumi rejects two resources of one name.
    """
    apps = [(("apps", index, "name"), app.name) for index, app in enumerate(config.apps)]
    hosts = [(("egress", index, "name"), host.name) for index, host in enumerate(config.egress)]
    of_apps = {name for _, name in apps}
    for path, name in hosts:
        if name in of_apps:
            first = next(place for place, each in apps if each == name)
            yield Hit(path, name, "is the name of an app", "change one of them", first=first)
    yield from repeated(hosts, "host")


@config_rule()
def egress_hosts_can_be_reached_as_they_say(config: Config) -> Iterator[Hit]:
    """TLS that a proxy begins needs plain HTTP and one host in full; an egress gateway needs a host to route by.

    Otherwise an app's own TLS would be in TLS once more, or requests to one host would reach another.
    """
    for index, host in enumerate(config.egress):
        asked = "tls_origination" if host.tls_origination else "through"
        path = ("egress", index, "tlsOrigination" if host.tls_origination else "through")
        if host.tls_origination and not host.is_http:
            yield Hit(path, None, f"adds TLS to plain HTTP, and apps speak {host.protocol}", "write protocol: HTTP")
        if host.through and host.protocol == "TCP":
            message = "TCP has no host by which an egress gateway could route it"
            yield Hit(("egress", index, "through"), host.through, message, "remove through")
        if getattr(host, asked) and host.has_wildcard:
            message = "a wildcard is no address that a gateway or TLS could be sent to"
            yield Hit(("egress", index, "hosts"), host.hosts, message, "write hosts in full")
        elif getattr(host, asked) and len(host.hosts) > 1:
            message = "TLS and an egress gateway are of one host"
            yield Hit(("egress", index, "hosts"), host.hosts, message, "write an item of egress for each host")
