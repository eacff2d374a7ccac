"""Which gateways does the mesh have, and who can reach them? Their section of the config."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from fairlead_mesh.aws.load_balancer import LoadBalancer, PortName
from fairlead_mesh.certificate import Certificate
from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import (
    Count,
    DnsLabel,
    Duration,
    Hostname,
    LabelKey,
    LabelValue,
    NonEmpty,
    PortNumber,
    Resources,
)
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.together import at_most_one
from fairlead_mesh.limits.rate_limit import RateLimit
from fairlead_mesh.rollout.autoscaling import RequestAutoscaling
from fairlead_mesh.rollout.disruption_budget import DisruptionBudget
from fairlead_mesh.rollout.spread import Spread

Protocol = Literal["HTTP", "HTTPS", "HTTP2", "GRPC", "TCP", "TLS"]
Expose = Literal["internet-facing", "internal", "nodePort", "clusterIP"]
_LONGEST_RELEASE = 53
_DRAIN_ON_EKS = "3m"
"""Longer than the two minutes in which an NLB still sends new connections to a deregistered target, whatever its
deregistration delay (kubernetes-sigs/aws-load-balancer-controller#2366, aws/containers-roadmap#470, istio/istio#35964).
"""


def _not_every_sidecar(name: str) -> str:
    if name == "mesh":
        raise ValueError("mesh is Istio's word for all sidecars; choose another name, such as istio-ingress")
    if len(name) > _LONGEST_RELEASE:
        raise ValueError(f"is longer than the {_LONGEST_RELEASE} characters that Helm allows a release")
    return name


GatewayName = Annotated[
    DnsLabel,
    Form(
        r"(?!mesh$)[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?",
        f"write lower-case letters, digits and '-', at most {_LONGEST_RELEASE}, such as istio-ingress; mesh is taken",
        _not_every_sidecar,
        _LONGEST_RELEASE,
    ),
]


class GatewayTls(Section):
    """TLS settings of the gateway itself."""

    mode: Literal["SIMPLE", "MUTUAL", "PASSTHROUGH"] = "SIMPLE"
    """As in Istio's Gateway."""
    credential_name: NonEmpty | None = None
    """Secret with the certificate, in the gateway's namespace; with MUTUAL also `ca.crt`, or a second secret with the
    suffix -cacert."""
    certificate: Certificate | None = None
    """Who issues the certificate in that secret, by cert-manager: `certificate: letsencrypt`; defaults to nobody, for a
    secret that exists."""


class GatewayPort(Section):
    """A port of the gateway."""

    port: PortNumber
    """Number, the same on the Service and the gateway."""
    protocol: Protocol = "HTTP"
    """Protocol of the gateway on this port, after any TLS that the load balancer terminates."""
    name: PortName | None = None
    """Name; defaults to protocol and number, such as http-80."""
    hosts: list[Hostname] | None = None
    """Hosts that it serves; defaults to every host on ingress and none on egress."""
    tls: GatewayTls | None = None
    """TLS that the gateway terminates or passes through."""
    https_redirect: bool = False
    """Whether every request on this HTTP port is redirected to HTTPS, with 301."""

    @property
    def label(self) -> str:
        return self.name or f"{self.protocol.lower()}-{self.port}"


class ExistingPods(Section):
    """Pods of a gateway that exist in another place than its Istio Gateway."""

    service: DnsLabel
    """Name of their Service, such as istio-ingressgateway."""
    namespace: DnsLabel
    """Namespace of pods and Service, such as istio-system."""
    service_account: DnsLabel | None = None
    """Service account of the pods, by which `callers` of apps know the gateway; defaults to the name of the Service."""


class Gateway(Section):
    """One gateway: a Deployment of Envoy, its Service, and the Istio Gateway object that apps bind to."""

    together = (at_most_one("replicas", "autoscaling"),)

    name: GatewayName
    """Name of the release, the Deployment, the Service and the Gateway object."""
    namespace: DnsLabel | None = None
    """Its namespace; defaults to a separate one with the gateway's name."""
    direction: Literal["ingress", "egress"] = "ingress"
    """Whether its traffic goes into the mesh or out of it."""
    expose: Expose | None = None
    """Who can reach it: internet-facing and internal create a load balancer; defaults to internet-facing on ingress and
    clusterIP on egress."""
    selector: dict[LabelKey, LabelValue] | None = None
    """Label of its pods that Gateway objects select; defaults to `istio: <name without istio->`."""
    external: bool = False
    """Whether it exists though this stack does not bring it: an Istio Gateway of this name and namespace, with pods and
    a Service of the same name unless `pods` says where they are. Apps route through it, and nothing of it is created,
    changed or deleted. Say its ports, hosts and selector as they are there."""
    pods: ExistingPods | None = None
    """With `external`: the pods that its Gateway selects, where they are not in its place, such as
    {service: istio-ingressgateway, namespace: istio-system}. Several gateways may have the same pods."""
    ports: list[GatewayPort] = Field(default=[GatewayPort.model_validate({"port": 80})], min_length=1)
    """Its ports."""
    load_balancer: LoadBalancer = LoadBalancer()
    """Load balancer settings."""
    replicas: Count | None = None
    """Number of pods; excludes autoscaling."""
    autoscaling: RequestAutoscaling | None = None
    """Bounds of its HorizontalPodAutoscaler; without it and replicas, the chart's 1 to 5."""
    resources: Resources = Field(default_factory=Resources)
    """Requests and limits, as in Kubernetes."""
    pod_disruption_budget: DisruptionBudget | None = None
    """How many pods a node drain leaves running, as in Kubernetes."""
    spread: Spread | None = None
    """How its pods are spread over zones and hosts."""
    rate_limits: list[RateLimit] = Field(default_factory=list[RateLimit])
    """How many requests its pods take together, such as [{scope: global, requests: 100, unit: minute, by: address}]."""
    values: dict[str, Any] = Field(default_factory=dict)
    """Values of the chart gateway, merged last."""

    @property
    def home(self) -> str:
        return self.namespace or self.name

    @property
    def pods_home(self) -> str:
        """The namespace of its pods and their Service."""
        return self.pods.namespace if self.pods else self.home

    @property
    def service(self) -> str:
        """The name of their Service."""
        return self.pods.service if self.pods else self.name

    @property
    def exposure(self) -> Expose:
        return self.expose or ("internet-facing" if self.direction == "ingress" else "clusterIP")

    @property
    def has_load_balancer(self) -> bool:
        """Whether this stack pays for one."""
        return self.exposure in ("internet-facing", "internal") and not self.external

    @property
    def pod_labels(self) -> dict[str, str]:
        return self.selector or {"istio": self.name.removeprefix("istio-")}

    def drain(self, *, on_eks: bool) -> Duration:
        """How long its pods answer after they are told to leave; 0s where Istio's own way is left alone."""
        return "0s" if self.external else self.load_balancer.drain or (_DRAIN_ON_EKS if on_eks else "0s")

    def hosts(self, port: GatewayPort) -> list[str]:
        """The hosts that are served on one of its ports."""
        return port.hosts if port.hosts is not None else ["*"] if self.direction == "ingress" else []
