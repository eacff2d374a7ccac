"""How do clients treat the pods of an app, and what tells its versions apart? DestinationRules, one a Service."""

from __future__ import annotations

from typing import Any

from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.version import Version
from fairlead_mesh.keys.section import Manifest, given
from fairlead_mesh.routing.traffic_policy import traffic_policy


def destination_rules(app: App) -> list[Manifest]:
    """The rule of the app's Service with the subsets of its versions, then those of Services that versions have of
    their own; none where there is nothing to say."""
    own = {version.service: version for version in app.versions if version.service}
    at_home = own.pop(app.service_name, None)
    policy = traffic_policy(*([at_home] if at_home else []), app)
    spec = given(trafficPolicy=policy, subsets=[_subset(version) for version in app.subsets])
    name = app.object_names.destination_rule or app.name
    rules = [_destination_rule(app, name, app.fqdn(), spec)] if spec else []
    for service, version in own.items():
        if policy := traffic_policy(version, app):
            name = f"{app.name}-{version.name}"
            rules.append(_destination_rule(app, name, app.fqdn(service), {"trafficPolicy": policy}))
    return rules


def _subset(version: Version) -> dict[str, Any]:
    labels = dict(sorted(version.labels.items())) or {"version": version.name}
    return {"name": version.name, "labels": labels} | given(trafficPolicy=traffic_policy(version))


def _destination_rule(app: App, name: str, host: str, spec: dict[str, Any]) -> Manifest:
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "DestinationRule",
        "metadata": {"name": name, "namespace": app.namespace},
        "spec": {"host": host, **spec},
    }
