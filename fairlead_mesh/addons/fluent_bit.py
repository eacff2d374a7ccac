"""What is Fluent Bit in a mesh? Its section, and the values that make its chart collect what proxies log."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from fairlead_mesh.addons.chart_addon import ChartAddon
from fairlead_mesh.addons.log_outputs import AwsIdentity, CloudWatch, Line, LokiStore, OpenSearch, WithSecret
from fairlead_mesh.addons.log_pipeline import STATE, filters, inputs, output, parsers
from fairlead_mesh.addons.loki import Loki
from fairlead_mesh.addons.product import NO_SIDECAR, Product, Reading, has_sidecar, scraped, usual_reading
from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import DnsLabel, Url
from fairlead_mesh.keys.section import Values, given, merged
from fairlead_mesh.keys.together import at_most_one
from fairlead_mesh.versions import FLUENT_BIT

if TYPE_CHECKING:
    from fairlead_mesh.addons.surroundings import Surroundings

_METRICS = 2020
_STDOUT: list[Line] = [("Name", "stdout"), ("Format", "json_lines")]
# Log files belong to root, and its state too: it runs as root, with nothing else that root can do.
_SECURITY: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "readOnlyRootFilesystem": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_SCRAPED = {**scraped(_METRICS), "prometheus.io/path": "/api/v2/metrics/prometheus"}
# A node of Fargate runs no pod of a DaemonSet (EKS: "AWS Fargate considerations"), and a release would wait for it.
_NOT_ON_FARGATE = {"key": "eks.amazonaws.com/compute-type", "operator": "NotIn", "values": ["fargate"]}
_NODES = {
    "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [_NOT_ON_FARGATE]}]}
}
_FOLDERS = {"varlog": "/var/log", "varlibdockercontainers": "/var/lib/docker/containers"}


def _read(values: Values) -> Reading:
    return replace(usual_reading(values), proxied=has_sidecar(values.get("podLabels")))


NoUrl = Annotated[Url, Form(r"(?!)", "nothing asks Fluent Bit: where one exists already, remove the addon")]


class FluentBit(ChartAddon):
    """Fluent Bit, which sends what proxies log to CloudWatch, OpenSearch, Loki or its standard output.

    A DaemonSet, so that each node has one. Access logs become fields, in the formats that `accessLogs` writes.
    """

    products = (Product("Fluent Bit", FLUENT_BIT.name, chart=FLUENT_BIT, read=_read),)
    asks = (Loki,)
    together = (at_most_one("cloudWatch", "openSearch", "loki"),)
    on_nodes: ClassVar[bool] = True

    url: NoUrl | None = None
    """Not for this addon: nothing asks Fluent Bit, so one that exists already needs no key."""
    namespace: DnsLabel = "fluent-bit"
    """Namespace to install it in. Its pods mount folders of their node, which no Pod Security level but privileged
    allows, so it has one of its own."""
    cloud_watch: CloudWatch | None = None
    """Amazon CloudWatch Logs."""
    open_search: OpenSearch | None = None
    """OpenSearch, or Amazon OpenSearch Service."""
    loki: LokiStore | None = None
    """Grafana Loki. Without any of the three, logs go to the Loki of this stack (`addons.loki`), and without that to
    its own standard output."""
    parser: Literal["json", "text", "off"] | None = None
    """Format of access logs that becomes fields; defaults to those which `accessLogs` of this stack writes."""
    apps: bool = False
    """Whether logs of other containers are sent too, each line as it is."""

    @property
    def store(self) -> CloudWatch | OpenSearch | LokiStore | None:
        """Where logs go by its own section."""
        return self.cloud_watch or self.open_search or self.loki

    def store_among(self, around: Surroundings) -> CloudWatch | OpenSearch | LokiStore | None:
        """Where logs go; None for its own standard output."""
        loki = around.of(Loki)
        return self.store or (LokiStore.model_validate({"url": loki.cluster_url}) if loki else None)

    @property
    def identity(self) -> AwsIdentity | None:
        """Who it is for AWS, where logs go there."""
        found = self.store
        return found if isinstance(found, AwsIdentity) else None

    @property
    def more_ports(self) -> list[dict[str, Any]]:
        return [{"name": "http", "port": _METRICS, "protocol": "TCP"}]

    def formats(self, written: Collection[str]) -> Collection[str]:
        """The formats that it reads, of those that are written."""
        return written if self.parser is None else {self.parser} - {"off"}

    def chart_values(self, around: Surroundings) -> Values:
        """One pod a node, which reads the log files there, asks the API server whose they are, and sends them on."""
        identity, store = self.identity, self.store_among(around)
        role = identity.role if identity else None
        formats = self.formats(around.log_formats)
        own = given(
            fullnameOverride="fluent-bit",
            kind="DaemonSet",
            # The chart's test would run an image without a version.
            testFramework={"enabled": False},
            podLabels=NO_SIDECAR,
            podAnnotations=_SCRAPED,
            serviceAccount=given(create=True, annotations=given(**{"eks.amazonaws.com/role-arn": role})),
            rbac={"create": True, "nodeAccess": False, "eventsAccess": False},
            securityContext=_SECURITY,
            service={"type": self.service_type, "port": _METRICS},
            resources=self.resources or {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
            tolerations=[{"operator": "Exists"}],
            affinity={"nodeAffinity": _NODES},
            env=store.environment if isinstance(store, WithSecret) else [],
            config={
                "inputs": inputs(apps=self.apps),
                "filters": filters(formats, apps=self.apps),
                "outputs": output(store.output(around.region) if store else _STDOUT),
                "customParsers": parsers(formats),
            },
            daemonSetVolumes=[
                *({"name": name, "hostPath": {"path": path}} for name, path in _FOLDERS.items()),
                {"name": "state", "hostPath": {"path": STATE, "type": "DirectoryOrCreate"}},
            ],
            daemonSetVolumeMounts=[
                *({"name": name, "mountPath": path, "readOnly": True} for name, path in _FOLDERS.items()),
                {"name": "state", "mountPath": STATE},
            ],
        )
        return merged(own, self.values)
