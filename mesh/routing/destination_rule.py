"""What tells the versions of an app apart? Its DestinationRule, or none where no version is told by labels."""

from __future__ import annotations

from mesh.apps.app import App
from mesh.keys.section import Manifest


def destination_rule(app: App) -> Manifest | None:
    """The subsets of `app`; none where no version is told by labels."""
    subsets = [
        {"name": version.name, "labels": dict(sorted(version.labels.items())) or {"version": version.name}}
        for version in app.subsets
    ]
    if not subsets:
        return None
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "DestinationRule",
        "metadata": {"name": app.name, "namespace": app.namespace},
        "spec": {"host": app.fqdn(), "subsets": subsets},
    }
