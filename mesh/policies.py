"""Which objects besides routing do keys of the stack file make? Those of access, leaving the mesh and telemetry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mesh.access.app_policies import app_policies
from mesh.access.default_denials import default_denials
from mesh.access.identities import Identities, identities
from mesh.config import Config
from mesh.egress.call_scope import call_scope
from mesh.egress.egress_items import egress_items
from mesh.model.item import Item
from mesh.telemetry.log_telemetry import telemetry


def policies(config: Config, objects: Iterable[Item] = ()) -> list[Item]:
    """Every one with its place in the stack file; `objects` are those of the stack's own files."""
    known = identities(config, objects)
    return [*default_denials(config), *egress_items(config), *_logs(config), *_of_apps(config, known)]


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
        if app.access_logs and (labels := known.apps[app.name].labels):
            yield Item(telemetry(app.name, app.namespace, app.access_logs, labels), ("apps", index, "accessLogs"))
