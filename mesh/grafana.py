"""Which values make the Grafana chart show Istio's dashboards, and who may log in there?"""

from __future__ import annotations

from typing import Any

from mesh.addons import Grafana, endpoint
from mesh.section import Manifest, Values, given, merged
from mesh.versions import ISTIO_DASHBOARDS

DATASOURCE_UID = "prometheus"
"""Stable, so that links to a dashboard survive a new pod."""

ADMIN_SECRET = "grafana-admin"  # noqa: S105 - the name of a Secret, not what it holds
"""Name of the Secret with the admin account, where the stack has a password for it."""

_FOLDER = "istio"


def grafana_values(grafana: Grafana, *, prometheus_url: str | None, admin_secret: str | None) -> Values:
    """A Grafana that visitors may look at, with Istio's dashboards over the Prometheus at `prometheus_url`.

    `admin_secret` names a Secret with the keys admin-user and admin-password; without one no account exists and the
    chart renders no Secret. The dashboards come from grafana.com when the pod starts.
    """
    at = endpoint(grafana)
    own = given(
        fullnameOverride=at.service,
        service={"port": at.port, "portName": "http", "type": grafana.service_type},
        podLabels={"sidecar.istio.io/inject": "false"},
        # What remains is one container that reads files: it asks the Kubernetes API nothing.
        rbac={"create": False},
        automountServiceAccountToken=False,
        testFramework={"enabled": False},
        datasources=_datasources(prometheus_url) if prometheus_url else None,
        dashboardProviders=_dashboard_providers(),
        dashboards={_FOLDER: _dashboards()},
        # The chart's default would accept any certificate.
        defaultCurlOptions="-sSf --retry 3",
    )
    return merged(merged(own, _accounts(admin_secret)), grafana.values)


def _accounts(admin_secret: str | None) -> Values:
    """Everybody is a Viewer; the form to log in is there only where somebody can use it."""
    ini = {
        "auth": {"disable_login_form": admin_secret is None},
        "auth.anonymous": {"enabled": True, "org_role": "Viewer"},
        "auth.basic": {"enabled": admin_secret is not None},
    }
    if admin_secret:
        keys = {"userKey": "admin-user", "passwordKey": "admin-password"}
        return {"grafana.ini": ini, "admin": {"existingSecret": admin_secret, **keys}}
    # An environment variable and not a line of grafana.ini: the chart reads it to leave its random password out.
    return {"grafana.ini": ini, "env": {"GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true"}}


def _datasources(prometheus_url: str) -> dict[str, Any]:
    prometheus = {
        "name": "Prometheus",
        "uid": DATASOURCE_UID,
        "type": "prometheus",
        "url": prometheus_url,
        "access": "proxy",
        "isDefault": True,
        "jsonData": {"timeInterval": "15s"},
    }
    return {"datasources.yaml": {"apiVersion": 1, "datasources": [prometheus]}}


def _dashboard_providers() -> dict[str, Any]:
    istio = {
        "name": _FOLDER,
        "folder": "Istio",
        "type": "file",
        "options": {"path": f"/var/lib/grafana/dashboards/{_FOLDER}"},
    }
    return {"dashboardproviders.yaml": {"apiVersion": 1, "providers": [istio]}}


def _dashboards() -> dict[str, Any]:
    """Without `datasource`: Istio's dashboards ask for one by a variable, which takes the default."""
    pinned = sorted(ISTIO_DASHBOARDS.items())
    return {name: {"gnetId": dashboard.gnet_id, "revision": dashboard.revision} for name, dashboard in pinned}


def admin_secret(namespace: str, password: Any) -> Manifest:
    """The Secret that the chart reads the admin account from; `password` may be a secret output."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": ADMIN_SECRET, "namespace": namespace},
        "type": "Opaque",
        "stringData": {"admin-user": "admin", "admin-password": password},
    }
