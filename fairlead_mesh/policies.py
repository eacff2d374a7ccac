"""Which objects besides routing do keys of the stack file make? Those of access, leaving the mesh and telemetry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fairlead_mesh.access.app_policies import app_policies
from fairlead_mesh.access.default_denials import default_denials
from fairlead_mesh.access.identities import Identities, identities
from fairlead_mesh.certificate import certificate_object
from fairlead_mesh.config import Config
from fairlead_mesh.egress.call_scope import call_scope
from fairlead_mesh.egress.egress_items import egress_items
from fairlead_mesh.limits.global_limit_filter import app_limit_filter, gateway_limit_filter
from fairlead_mesh.limits.local_limit_filter import local_limit_filter
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.telemetry.log_telemetry import telemetry


def policies(config: Config, objects: Iterable[Item] = ()) -> list[Item]:
    """Every one with its place in the stack file; `objects` are those of the stack's own files."""
    known = identities(config, objects)
    return [
        *_certificates(config),
        *default_denials(config),
        *egress_items(config),
        *_logs(config),
        *_of_apps(config, known),
        *_limits(config, known),
    ]


def _certificates(config: Config) -> Iterator[Item]:
    """Those of secrets that several ports name once."""
    made = set[tuple[str, str]]()
    for index, gateway in enumerate(config.gateways):
        for number, port in enumerate(gateway.ports):
            tls = port.tls
            if not tls or not tls.certificate or not tls.credential_name or gateway.external:
                continue
            if (gateway.home, tls.credential_name) not in made:
                made.add((gateway.home, tls.credential_name))
                hosts = gateway.hosts(port)
                manifest = certificate_object(tls.credential_name, gateway.home, tls.certificate, hosts)
                yield Item(manifest, ("gateways", index, "ports", number, "tls", "certificate"))


def _logs(config: Config) -> Iterator[Item]:
    for index, namespace in enumerate(config.namespaces):
        if namespace.access_logs:
            manifest = telemetry("access-logs", namespace.name, namespace.access_logs)
            yield Item(manifest, ("namespaces", index, "accessLogs"))


def _of_apps(config: Config, known: Identities) -> Iterator[Item]:
    for index, app in enumerate(config.apps):
        yield from app_policies(app, ("apps", index), known, config.apps)
        if scope := call_scope(app, known.apps[app.name].labels, config):
            yield Item(scope, ("apps", index, "calls"))
        if (app.access_logs or app.telemetry) and (labels := known.apps[app.name].labels):
            said = telemetry(app.name, app.namespace, app.access_logs, labels, app.telemetry)
            yield Item(said, ("apps", index, "accessLogs" if app.access_logs else "telemetry"))


def _limits(config: Config, known: Identities) -> Iterator[Item]:
    """Those of apps whose pods are known; global ones need the service that counts them, which lint says."""
    service = config.counting
    for index, app in enumerate(config.apps):
        if labels := known.apps[app.name].labels:
            made = [local_limit_filter(app, labels, known, minor=config.istio.minor)]
            made += [app_limit_filter(app, labels, known, service)] if service else []
            yield from (Item(each, ("apps", index, "rateLimits")) for each in made if each)
    for index, gateway in enumerate(config.gateways):
        if service and (made := gateway_limit_filter(gateway, known, service)):
            yield Item(made, ("gateways", index, "rateLimits"))
