"""What is Prometheus in a mesh? Its section, and the values that make its chart collect the metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field

from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.chart_addon import ChartAddon, Persistence
from fairlead_mesh.addons.credentials import Credentials
from fairlead_mesh.addons.product import (
    METRICS,
    NO_SIDECAR,
    Endpoint,
    Product,
    Reading,
    has_sidecar,
    opened_by,
    value_at,
    word_at,
)
from fairlead_mesh.addons.prometheus_stack import (
    STACK_POD_LABELS,
    STACK_PRODUCT,
    stack_alertmanager,
    stack_rules,
    stack_values,
    stack_volume,
)
from fairlead_mesh.alerts.alerts import Alerts
from fairlead_mesh.alerts.rule_groups import (
    Group,
    alerting_groups,
    alertmanager,
    prometheus_rule,
    recording_groups,
)
from fairlead_mesh.keys.scalars import Count
from fairlead_mesh.keys.section import Manifest, Values, given, merged
from fairlead_mesh.model.objects.yaml_values import as_list, as_map
from fairlead_mesh.versions import PROMETHEUS
from fairlead_mesh.workload import security_context

if TYPE_CHECKING:
    from fairlead_mesh.addons.surroundings import Surroundings


_DANGEROUS = {"web.enable-lifecycle": "stop it", "web.enable-admin-api": "delete its metrics"}


def _read(values: Values) -> Reading:
    server = as_map(values.get("server"))
    return Reading(
        opened_by=opened_by(server.get("service"), server.get("ingress"), *as_map(server.get("route")).values()),
        anonymous=True,
        visitors_can=tuple(power for flag, power in _DANGEROUS.items() if flag in as_list(server.get("extraFlags"))),
        proxied=has_sidecar(server.get("podLabels")),
        retention=word_at(values, "server", "retention"),
        in_memory=value_at(values, "server", "persistentVolume", "enabled") is False,
    )


_PRODUCT = Product(
    "Prometheus",
    PROMETHEUS.name,
    chart=PROMETHEUS,
    endpoint=Endpoint("prometheus", 9090, 9090),
    keeps=METRICS,
    read=_read,
)


class Prometheus(ChartAddon):
    """Metrics of the mesh, on port 9090; the chart is prometheus-community's."""

    products = (_PRODUCT, STACK_PRODUCT)
    shows_traffic: ClassVar[bool] = True

    by_chart: Literal["prometheus", "kube-prometheus-stack"] = Field(default="prometheus", alias="chart")
    """Chart that installs it: `prometheus` is one server, `kube-prometheus-stack` the Prometheus Operator and a server
    that reads the PrometheusRules, ServiceMonitors and PodMonitors of every namespace."""

    retention_days: Count = 15
    """How long metrics are kept, in days."""
    credentials: Credentials | None = None
    """How Grafana and Kiali ask it where it exists already (`url`), such as {bearer: metrics}: login, CA, headers."""
    persistence: Persistence | None = None
    """Volume that its samples are on, such as {size: 20Gi}; by default they are lost with its pod."""
    exemplars: bool = False
    """Whether traces that apps name in their own metrics (exemplars) are kept, and Grafana leads from there to them;
    Istio's proxies name none."""
    alerts: Alerts = Alerts()
    """Recording rules and alerts of the mesh and of what apps promise (`slo`)."""

    @property
    def product(self) -> Product:
        return STACK_PRODUCT if self._by_operator else _PRODUCT

    @property
    def pod_labels(self) -> dict[str, str]:
        return STACK_POD_LABELS if self._by_operator else super().pod_labels

    @property
    def _by_operator(self) -> bool:
        return self.by_chart == STACK_PRODUCT.name

    @property
    def alerts_of_slos(self) -> bool:
        rules = self.alerts.rules
        return rules == "prometheusRule" or (self.installed and rules != "none")

    def calls(self, other: Addon) -> bool:  # noqa: ARG002 - it scrapes whatever announces metrics
        return True

    def shared_objects(self, around: Surroundings) -> list[Manifest]:
        """The rules for a Prometheus Operator, where one is to read them."""
        if self.alerts.rules != "prometheusRule" or (self.installed and self._by_operator):
            return []
        groups = [*self._recording(around), *self._alerting(around)]
        return [prometheus_rule(self.namespace, groups, self.alerts.labels)]

    def chart_values(self, around: Surroundings) -> Values:
        own = self._operator_values(around) if self._by_operator else self._server_values(around)
        return merged(own, self.values)

    def _operator_values(self, around: Surroundings) -> Values:
        rules = [] if self.alerts.rules == "none" else [*self._recording(around), *self._alerting(around)]
        return stack_values(
            istio_namespace=around.istio_namespace,
            service_type=self.service_type,
            rules=stack_rules(rules, self.alerts.labels),
            server={
                "retention": f"{self.retention_days}d",
                **given(resources=self.resources, externalUrl=self._links_to),
                **(stack_volume(self.persistence.values()) if self.persistence else {}),
                **({"enableFeatures": ["exemplar-storage"]} if self.exemplars else {}),
                **(stack_alertmanager(self.alerts.alertmanager) if self.alerts.alertmanager else {}),
            },
        )

    def _server_values(self, around: Surroundings) -> Values:
        """One server behind the Service `prometheus`, port 9090, that keeps its samples with its pod or its volume.

        The chart's own job for annotated pods finds every proxy: injection writes `prometheus.io/scrape`, `port`
        (15020) and `path`, and there the agent answers with Envoy's and the app's metrics in one. Port 15020 is the
        agent's and stays plain HTTP where mTLS is STRICT, so the server needs neither sidecar nor certificate. An app's
        own port, scraped directly because its pod opts out of that merging, is refused under STRICT.
        """
        own: Values = {
            "alertmanager": {"enabled": False},
            "configmapReload": {"prometheus": {"enabled": False}},
            "kube-state-metrics": {"enabled": False},
            "prometheus-node-exporter": {"enabled": False},
            "prometheus-pushgateway": {"enabled": False},
            "server": {
                "fullnameOverride": "prometheus",
                "global": {"scrape_interval": "15s"},
                "persistentVolume": self.persistence.values() if self.persistence else {"enabled": False},
                "containerSecurityContext": security_context(),
                **given(resources=self.resources, baseURL=self._links_to),
                "podLabels": NO_SIDECAR,
                # It reads a changed configuration by itself. The chart's way is a container that asks for it by an HTTP
                # API that would also let anybody stop the server.
                "extraFlags": ["enable-feature=auto-reload-config" + (",exemplar-storage" if self.exemplars else "")],
                # The chart waits half a minute before it asks for the first time; the server answers within seconds.
                "readinessProbeInitialDelay": 0,
                "retention": f"{self.retention_days}d",
                "service": {"servicePort": 9090, "type": self.service_type},
            },
        }
        return merged(own, self._rules(around))

    @property
    def _links_to(self) -> str | None:
        """What its alerts link to; under a path it would answer its other clients there as well."""
        return self.page_url if self.page_url and urlsplit(self.page_url).path in ("", "/") else None

    def _rules(self, around: Surroundings) -> Values:
        """The rules as files of the server, and who is told of alerts."""
        told = (
            {"server": {"alertmanagers": [alertmanager(self.alerts.alertmanager)]}} if self.alerts.alertmanager else {}
        )
        if self.alerts.rules not in (None, "values"):
            return told
        files = {"recording_rules.yml": self._recording(around), "alerting_rules.yml": self._alerting(around)}
        return {**told, "serverFiles": {name: {"groups": groups} for name, groups in files.items() if groups}}

    def _recording(self, around: Surroundings) -> list[Group]:
        return recording_groups(around.promises, declared_splits=self.alerts.declared_splits)

    def _alerting(self, around: Surroundings) -> list[Group]:
        gateways = [(pods.namespace, pods.name) for pods in around.gateways if pods.name]
        return alerting_groups(around.promises, gateways, self.alerts)
