"""Which objects besides routing do keys of the stack file make? Those of access, leaving the mesh and telemetry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mesh.access.app_policies import app_policies
from mesh.access.default_denials import default_denials
from mesh.access.identities import Identities, identities
from mesh.access.rate_limit_filter import rate_limit_filter
from mesh.certificate import certificate_object
from mesh.config import Config
from mesh.egress.call_scope import call_scope
from mesh.egress.egress_items import egress_items
from mesh.model.item import Item
from mesh.telemetry.log_telemetry import telemetry


def policies(config: Config, objects: Iterable[Item] = ()) -> list[Item]:
    """Every one with its place in the stack file; `objects` are those of the stack's own files."""
    known = identities(config, objects)
    return [
        *_certificates(config),
        *default_denials(config),
        *egress_items(config),
        *_logs(config),
        *_of_apps(config, known),
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
        if app.rate_limits and known.apps[app.name].labels:
            manifest = rate_limit_filter(app, known.apps[app.name].labels, known)
            yield Item(manifest, ("apps", index, "rateLimits"))
        if scope := call_scope(app, known.apps[app.name].labels, config):
            yield Item(scope, ("apps", index, "calls"))
        if app.access_logs and (labels := known.apps[app.name].labels):
            yield Item(telemetry(app.name, app.namespace, app.access_logs, labels), ("apps", index, "accessLogs"))
