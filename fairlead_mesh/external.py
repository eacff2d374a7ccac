"""What is there of an app that nothing in the stack declares? What the stack file says of it, and stand-ins for its
Service and pods, for whoever judges the stack; nothing of them is ever applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import BeforeValidator, Field

from fairlead_mesh.keys.scalars import LabelKey, LabelValue
from fairlead_mesh.keys.section import Manifest, Section
from fairlead_mesh.workload import service

if TYPE_CHECKING:
    from fairlead_mesh.apps.app import App
    from fairlead_mesh.apps.version import Version

WHAT_TO_WRITE = "write true, or the labels of its pods: {labels: {app: shop}}"


class External(Section):
    """An app that exists though nothing in this stack declares it; `true` in its place says no labels."""

    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict[str, str])
    """Labels that all of its pods have, those that tell versions apart left out."""


def _true_says_no_labels(value: Any) -> Any:
    if isinstance(value, bool):
        return {} if value else None
    if not isinstance(value, dict) and value is not None:
        raise ValueError(WHAT_TO_WRITE)
    return cast("Any", value)


ExternalOrTrue = Annotated[External | None, BeforeValidator(_true_says_no_labels)]


def external_services(app: App) -> list[Manifest]:
    """The Services that the app names. Where the labels of its pods are not said, nobody knows whom they select."""
    return [
        service(
            name,
            app.namespace,
            selector=_selector(app, name),
            ports={f"{app.protocol.lower()}-{port}": (port, port) for port in _ports(app, name)},
        )
        for name in (app.services if app.answers_requests else ())
    ]


def _ports(app: App, service: str) -> list[int]:
    """Those of a Service that requests go to: versions may use other ones than the app."""
    own = [version.port or app.port for version in app.versions if (version.service or app.service_name) == service]
    return sorted({*own, *([app.port] if service == app.service_name else [])})


def external_pods(app: App) -> list[Manifest]:
    """What makes its pods, one for each version that is told by labels; nothing where their labels are not said."""
    if not app.pod_labels:
        return []
    versions = [version for version in app.versions if version.service is None]
    named = [(f"{app.name}-{version.name}", app.pod_labels | _labels(version)) for version in versions]
    own = [(version.service, _selector(app, version.service)) for version in app.versions if version.service]
    return [_deployment(app, name, labels) for name, labels in [*named, *own] or [(app.name, app.pod_labels)]]


def external_objects(app: App) -> list[Manifest]:
    """Both, of an app whose pods are known."""
    return [*external_services(app), *external_pods(app)] if app.pod_labels else []


def _selector(app: App, name: str) -> dict[str, str]:
    """A Service of one version leads to its pods alone, by whatever label that is."""
    version = next((each for each in app.versions if each.service == name), None)
    return app.pod_labels | _labels(version) if version and app.pod_labels else app.pod_labels


def _labels(version: Version) -> dict[str, str]:
    return version.labels or {"version": version.name}


def _deployment(app: App, name: str, labels: dict[str, str]) -> Manifest:
    port = {"containerPort": app.port}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": app.namespace},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "app", "ports": [port]}]}},
        },
    }
