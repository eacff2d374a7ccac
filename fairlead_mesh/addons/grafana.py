"""What is Grafana in a mesh? Its section, and the values that make its chart show dashboards of the mesh."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.chart_addon import ChartAddon, Persistence
from fairlead_mesh.addons.credentials import METRICS, TRACES, Credentials
from fairlead_mesh.addons.grafana_sources import data_sources
from fairlead_mesh.addons.loki import Loki
from fairlead_mesh.addons.product import NO_SIDECAR, Endpoint, Product, Reading, has_sidecar, opened_by, value_at
from fairlead_mesh.addons.prometheus import Prometheus
from fairlead_mesh.addons.tracing import Tracing
from fairlead_mesh.dashboards.boards import CONFIG_MAP, dashboards_config_map
from fairlead_mesh.keys.section import Manifest, Values, given, merged
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.versions import GRAFANA, ISTIO_DASHBOARDS

if TYPE_CHECKING:
    from fairlead_mesh.addons.surroundings import Surroundings

_PASSWORD = "grafanaAdminPassword"  # noqa: S105 - the name of a key, not what it holds
_SECRET = "grafana-admin"  # noqa: S105 - the name of a Secret
_FOLDER = "istio"


def _read(values: Values) -> Reading:
    anonymous = value_at(values, "grafana.ini", "auth.anonymous", "enabled") is True
    return Reading(
        opened_by=opened_by(values.get("service"), values.get("ingress"), *as_map(values.get("route")).values()),
        anonymous=anonymous,
        login="" if anonymous else "password",
        proxied=has_sidecar(values.get("podLabels")),
    )


class Grafana(ChartAddon):
    """Dashboards of the mesh for the Prometheus of this stack, on port 3000.

    Inside the cluster anyone can view them and nobody can log in, so there is no password; the secret config key
    `grafanaAdminPassword` enables the admin account. Where it is exposed outside the cluster, viewing needs a login.
    """

    products = (Product("Grafana", GRAFANA.name, chart=GRAFANA, endpoint=Endpoint("grafana", 3000, 3000), read=_read),)
    asks = (Prometheus, Loki, Tracing)
    needs: ClassVar[Mapping[type[Addon], str]] = {Prometheus: "shows only errors"}
    secrets: ClassVar[Mapping[str, str]] = {
        _PASSWORD: "Password of Grafana's admin account; without it nobody can log in. "
        "Set it with `pulumi config set --secret fairlead:grafanaAdminPassword`."
    }

    dashboards: Literal["own", "grafanaCom"] | None = None
    """Dashboards: files of this program (own), or Istio's on grafana.com (grafanaCom), which its pod downloads when it
    starts. Defaults to own; with `url`, to none, where own writes a ConfigMap that the sidecar of Grafana's chart finds
    by the label `grafana_dashboard`."""

    persistence: Persistence | None = None
    """Volume of its database, such as {size: 5Gi}; by default what people save in it is lost with its pod."""
    credentials: Credentials | None = None
    """How Kiali asks it where it exists already (`url`), such as {bearer: grafana-token}: login and CA."""

    def shared_objects(self, around: Surroundings) -> list[Manifest]:
        """The dashboards as files, and CAs of what it asks that exists already."""
        own = self.dashboards == "own" or (self.dashboards is None and self.installed)
        asked = self._asked(around) if self.installed else {}
        authorities = [each for of, said in asked.items() for each in said.ca_of_grafana(self.namespace, of)]
        return [*([dashboards_config_map(self.namespace)] if own else []), *authorities]

    def _asked(self, around: Surroundings) -> dict[str, Credentials]:
        """What it asks for with credentials, and those."""
        found = {METRICS: around.of(Prometheus), TRACES: around.of(Tracing)}
        return {of: each.credentials for of, each in found.items() if each and each.credentials}

    def chart_values(self, around: Surroundings) -> Values:
        """A Grafana with dashboards over the Prometheus of this stack, which visitors inside may look at.

        Without a password no account exists and the chart renders no Secret.
        """
        own = given(
            fullnameOverride="grafana",
            service={"port": 3000, "portName": "http", "type": self.service_type},
            podLabels=NO_SIDECAR,
            resources=self.resources,
            **(_volume(self.persistence) if self.persistence else {}),
            # What remains is one container that reads files: it asks the Kubernetes API nothing.
            rbac={"create": False},
            automountServiceAccountToken=False,
            testFramework={"enabled": False},
            datasources=data_sources(around),
            dashboardProviders=_dashboard_providers(),
            **self._dashboards(),
            # The chart's default would accept any certificate.
            defaultCurlOptions="-sSf --retry 3",
        )
        if self.page_url:
            own["grafana.ini"] = {"server": {"root_url": self.page_url}}
        for of, said in self._asked(around).items():
            own = merged(own, said.of_grafana(of))
        outside = self.visitors_are_anybody or bool(_read(merged(own, self.values)).opened_by)
        accounts = _accounts(_SECRET if _PASSWORD in around.secrets else None, outside=outside)
        return merged(merged(own, accounts), self.values)

    def _dashboards(self) -> Values:
        if self.dashboards == "grafanaCom":
            return {"dashboards": {_FOLDER: _of_grafana_com()}}
        return {"dashboardsConfigMaps": {_FOLDER: CONFIG_MAP}}

    def secret_objects(self, secrets: Mapping[str, Any]) -> list[Manifest]:
        """The Secret that the chart reads the admin account from."""
        if _PASSWORD not in secrets:
            return []
        data = {"admin-user": "admin", "admin-password": secrets[_PASSWORD]}
        metadata = {"name": _SECRET, "namespace": self.namespace}
        return [{"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "stringData": data}]


def _volume(persistence: Persistence) -> Values:
    """One pod at a time has it. The kubelet gives it to the pod's group; the chart's own way is a container of root."""
    kept = persistence.values("storageClassName")
    return {"persistence": kept, "deploymentStrategy": {"type": "Recreate"}, "initChownData": {"enabled": False}}


def _accounts(admin_secret: str | None, *, outside: bool) -> Values:
    """Inside the cluster everybody is a Viewer, and the form to log in is there only where somebody can use it."""
    ini = {
        "auth": {"disable_login_form": admin_secret is None},
        "auth.anonymous": {"enabled": False} if outside else {"enabled": True, "org_role": "Viewer"},
        "auth.basic": {"enabled": admin_secret is not None},
    }
    if admin_secret:
        keys = {"userKey": "admin-user", "passwordKey": "admin-password"}
        return {"grafana.ini": ini, "admin": {"existingSecret": admin_secret, **keys}}
    # An environment variable and not a line of grafana.ini: the chart reads it to leave its random password out.
    return {"grafana.ini": ini, "env": {"GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true"}}


def _dashboard_providers() -> dict[str, Any]:
    istio = {
        "name": _FOLDER,
        "folder": "Istio",
        "type": "file",
        "options": {"path": f"/var/lib/grafana/dashboards/{_FOLDER}"},
    }
    return {"dashboardproviders.yaml": {"apiVersion": 1, "providers": [istio]}}


def _of_grafana_com() -> dict[str, Any]:
    """Without `datasource`: Istio's dashboards ask for one by a variable, which takes the default."""
    pinned = sorted(ISTIO_DASHBOARDS.items())
    return {name: {"gnetId": dashboard.gnet_id, "revision": dashboard.revision} for name, dashboard in pinned}
