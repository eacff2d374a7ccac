"""What is promised of an app's requests, as far as metrics can tell it? Its Services, its objectives, its split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.version import Version
from fairlead_mesh.promises.slo import Slo

_VERSION = "version"


@dataclass(frozen=True)
class Share:
    """Percentage of a route's requests that a version is to get; `revision` is what metrics call it where it is told by
    a label, `service` where it has a Service of its own."""

    route: str
    version: str
    percent: int
    service: str
    revision: str = ""


@dataclass(frozen=True)
class Promise:
    """An app by the names that metrics have for it; `slo` is None where only its split is declared."""

    app: str
    namespace: str
    services: tuple[str, ...]
    slo: Slo | None = None
    shares: tuple[Share, ...] = ()


def promises(apps: list[App]) -> tuple[Promise, ...]:
    """Of each app that has objectives or a split."""
    found = (
        Promise(app.name, app.namespace, tuple(dict.fromkeys(app.services)), app.slo, tuple(_shares(app)))
        for app in apps
        if app.protocol == "HTTP"
    )
    return tuple(each for each in found if each.slo or each.shares)


def _shares(app: App) -> Iterator[Share]:
    versions = {version.name: version for version in app.versions}
    for index, route in enumerate(app.every_route):
        named = {name: percent for name, percent in app.shares(route).items() if name in versions}
        if len(named) < 2 or route.managed_by:  # noqa: PLR2004 - one version alone is no split
            continue
        for name, percent in named.items():
            version = versions[name]
            service, revision = version.service or app.service_name, _revision(version)
            yield Share(route.name or f"route {index + 1}", name, percent, service, revision)


def _revision(version: Version) -> str:
    """What `destination_version` says of its pods; empty where labels other than `version` tell it."""
    if version.service:
        return ""
    return version.labels.get(_VERSION, "" if version.labels else version.name)
