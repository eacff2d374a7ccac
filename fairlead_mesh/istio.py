"""How is Istio itself installed? Its section of the config and the values of its charts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from fairlead_mesh.access.mesh_access import MeshAccess
from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import Count, DnsLabel, ExactVersion, NonEmpty, Resources, Url
from fairlead_mesh.keys.section import Manifest, Section, Values, given, merged
from fairlead_mesh.keys.together import at_most_one
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.rollout.autoscaling import Autoscaling
from fairlead_mesh.telemetry.access_logs import NONE, AccessLogs, MeshAccessLogs
from fairlead_mesh.telemetry.labels import MetricLabels
from fairlead_mesh.versions import ISTIO_HUB, ISTIO_OCI, ISTIO_REPOSITORY, ISTIO_VERSION

Bringer = Literal["own", "shared"]
MutualTls = Literal["strict", "permissive", "disabled"]
OciFolder = Annotated[
    str, Form(r"oci://[^\s]+[^/\s]", "write a folder of a registry, such as oci://registry.example.com/istio/charts")
]

MODES = {"strict": "STRICT", "permissive": "PERMISSIVE", "disabled": "DISABLE"}


class ChartSource(Section):
    """Where Istio's charts come from."""

    together = (
        at_most_one(
            "repository",
            "oci",
            "path",
            what="charts come from one place: keep one of repository, oci and path",
        ),
    )

    repository: Url | None = None
    """A Helm repository; defaults to Istio's own, https://blob.istio.io/istio-release/charts."""
    oci: OciFolder | None = None
    """A path in an OCI registry, such as Istio's own, oci://ghcr.io/istio/release/charts."""
    path: NonEmpty | None = None
    """A folder of the repository, laid out like manifests/charts in an Istio release: base,
    istio-control/istio-discovery, gateway."""

    @property
    def are_istios_own(self) -> bool:
        """Whether they come from where Istio publishes them; what a copy says is its owner's affair."""
        named = self.oci or self.path or self.repository or ISTIO_REPOSITORY
        return named.rstrip("/") in (ISTIO_REPOSITORY, ISTIO_OCI)


class IstioValues(Section):
    """Chart values of Istio's charts, merged last."""

    base: dict[str, Any] = Field(default_factory=dict)
    """Values of the chart base."""
    istiod: dict[str, Any] = Field(default_factory=dict)
    """Values of the chart istiod."""


class Istio(MeshAccess):
    """Istio's control plane."""

    together = (at_most_one("replicas", "autoscaling"),)

    control_plane: Bringer = "own"
    """Whose istiod it is: own installs one with this stack, shared uses the one that exists on the cluster. Then this
    stack brings no CRDs, no istiod and nothing for the whole mesh, and never deletes them."""
    version: ExactVersion = ISTIO_VERSION
    """Istio's version, of charts and images; with a shared control plane at most one minor version newer or older."""
    namespace: DnsLabel = "istio-system"
    """Where istiod runs."""
    charts: ChartSource = ChartSource()
    """Where the charts come from."""
    hub: NonEmpty | None = None
    """Registry of the images, for a mirror, such as registry.example.com/istio; defaults to docker.io/istio, or to that
    of charts from another source."""
    mtls: MutualTls | None = None
    """mTLS mode of the whole mesh; defaults to Istio's own, permissive."""
    access_logs: MeshAccessLogs = NONE
    """Whether every proxy logs each request to its standard output: `true`, or a format, a filter and a provider."""
    telemetry: MetricLabels | None = None
    """Labels of metrics in the whole mesh, such as {dropLabels: [source_principal]}."""
    replicas: Count | None = None
    """Number of istiod pods; excludes autoscaling."""
    autoscaling: Autoscaling | None = None
    """Bounds of istiod's HorizontalPodAutoscaler; without it and replicas, the chart's 1 to 5."""
    resources: Resources = Field(default_factory=Resources)
    """Requests and limits of istiod's container, as in Kubernetes."""
    mesh_config: dict[str, Any] = Field(default_factory=dict)
    """Istio's MeshConfig, merged over the settings for the addons."""
    values: IstioValues = IstioValues()
    """Chart values."""

    @property
    def is_shared(self) -> bool:
        """Whether somebody else brings it."""
        return self.control_plane == "shared"

    @property
    def uses_cni(self) -> bool:
        """Whether sidecars leave the redirection of traffic to istio-cni, and so need no privileges."""
        return uses_cni(self.values.istiod)

    @property
    def logs_by_telemetry(self) -> bool:
        """Whether access logs need more than the mesh config can say of them."""
        return self.access_logs not in (AccessLogs(), NONE)

    @property
    def minor(self) -> tuple[int, int]:
        """`1.30.3` -> (1, 30)."""
        major, minor, *_ = self.version.split(".")
        return int(major), int(minor)


def uses_cni(values: Mapping[str, Any]) -> bool:
    """Whether istiod with these chart values injects for istio-cni; the key has moved from release to release."""
    named = (as_map(values.get("pilot")).get("cni"), values.get("cni"), values.get("istio_cni"))
    return any(as_map(each).get("enabled") is True for each in named)


def scaling_values(replicas: int | None, autoscaling: Autoscaling | None, *, count_key: str) -> Values:
    """The part of a chart's values that says how many pods run; `count_key` is the chart's word for a fixed number."""
    if replicas is not None:
        return {"autoscaleEnabled": False, count_key: replicas}
    if autoscaling is None:
        return {}
    return given(
        autoscaleEnabled=True,
        autoscaleMin=autoscaling.min,
        autoscaleMax=autoscaling.max,
        cpu={"targetAverageUtilization": autoscaling.cpu},
        memory=given(targetAverageUtilization=autoscaling.memory),
    )


def image_values(istio: Istio) -> Values:
    """The hub in both places: charts read `hub` for istiod and `global.hub` for the proxies (istio/istio#57215).

    Istio's own is named too, as the charts of 1.30 would pull from a registry that goes away. Where the free values
    have only `global.hub`, it speaks for istiod as well, as in the chart itself.
    """
    hub = istio.hub or (ISTIO_HUB if istio.charts.are_istios_own else None)
    free = None if istio.hub else as_map(istio.values.istiod.get("global")).get("hub")
    return {"hub": free or hub, "global": {"hub": hub}} if hub else {}


def base_values(istio: Istio) -> Values:
    """Values of the chart `base`: CRDs, and a default revision so that validation is on from the start."""
    own = {"defaultRevision": "default", "global": {"istioNamespace": istio.namespace}}
    return merged(own, istio.values.base)


def istiod_values(istio: Istio, *, extension_providers: list[dict[str, Any]], images: Values | None = None) -> Values:
    """Values of the chart `istiod`; `images` are those that name images by digest."""
    said = given(
        accessLogFile="/dev/stdout" if istio.access_logs == AccessLogs() else None,
        outboundTrafficPolicy=given(mode=istio.outbound_traffic),
    )
    mesh_config = merged(said, istio.mesh_config)
    if extension_providers:
        # Both are wanted: merging would let a list of the user's replace the one that tracing needs.
        mesh_config["extensionProviders"] = [*extension_providers, *(istio.mesh_config.get("extensionProviders") or [])]
    own = given(
        meshConfig=mesh_config,
        resources=istio.resources,
        **scaling_values(istio.replicas, istio.autoscaling, count_key="replicaCount"),
    )
    own = merged(own, {"global": {"istioNamespace": istio.namespace}})
    return merged(merged(merged(own, image_values(istio)), images or {}), istio.values.istiod)


def peer_authentication(namespace: str, mtls: MutualTls, name: str | None = None) -> Manifest:
    """Which connections the pods of a namespace accept; in Istio's own namespace it applies to the mesh."""
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        "metadata": {"name": name or "default", "namespace": namespace},
        "spec": {"mtls": {"mode": MODES[mtls]}},
    }
