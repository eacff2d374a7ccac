"""Which objects besides routing do keys of the stack file make? Those of access, leaving the mesh and telemetry."""

from __future__ import annotations

from collections.abc import Iterable

from mesh.access.app_policies import app_policies
from mesh.access.default_denials import default_denials
from mesh.access.identities import identities
from mesh.config import Config
from mesh.model.item import Item


def policies(config: Config, objects: Iterable[Item] = ()) -> list[Item]:
    """Every one with its place in the stack file; `objects` are those of the stack's own files."""
    known = identities(config, objects)
    of_apps = [item for index, app in enumerate(config.apps) for item in app_policies(app, ("apps", index), known)]
    return [*default_denials(config), *of_apps]
