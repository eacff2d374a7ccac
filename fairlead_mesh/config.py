"""What can a stack file say? The whole config, one field for each key under `fairlead:`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from pydantic import Field

from fairlead_mesh.access.authorizer import authorizer_provider
from fairlead_mesh.addons.addons import KINDS, Addons
from fairlead_mesh.addons.exposed_page import ExposedPage, exposed_page
from fairlead_mesh.addons.surroundings import Pods, Surroundings
from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.client_headers import app_by_headers
from fairlead_mesh.aws.security_rules import SecurityGroups, SecurityRulesMode
from fairlead_mesh.clients import Clients
from fairlead_mesh.cluster import Cluster
from fairlead_mesh.egress.external_host import ExternalHost
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.istio import Istio
from fairlead_mesh.keys.scalars import NonEmpty
from fairlead_mesh.keys.section import Section
from fairlead_mesh.lifecycle import Lifecycle
from fairlead_mesh.limits.rate_limit_service import RateLimitService
from fairlead_mesh.lint_settings import LintSettings
from fairlead_mesh.maturity.steps import Step
from fairlead_mesh.namespaces import ALWAYS_THERE, Namespace, PodSecurity, PodSecurityLevel, pod_security_labels
from fairlead_mesh.promises.promise import promises
from fairlead_mesh.samples.sample import Sample
from fairlead_mesh.telemetry.access_logs import AccessLogs
from fairlead_mesh.telemetry.log_telemetry import log_formats, log_providers
from fairlead_mesh.timeouts import Timeouts

SECRET_KEYS = {key: text for kind in KINDS for key, text in kind.secrets.items()}
"""Keys whose values are secrets. They stand beside the config, never inside it: what is in a structured key
reaches a Python program as plain text."""


class Config(Section):
    """The stack file."""

    cluster: Cluster
    """The cluster to install the mesh on; it must exist."""
    security_rules: SecurityRulesMode = "auto"
    """Security group rules that allow the EKS control plane to reach Istio on the nodes: auto creates those that no
    existing rule covers, always creates all without a look-up, off creates none. Existing rules never change."""
    security_groups: SecurityGroups = SecurityGroups()
    """Security groups, to skip their look-up, and more ports to open."""
    wait: bool = True
    """Whether `pulumi up` waits until pods are ready; set it to false where no pods run."""
    timeouts: Timeouts = Timeouts()
    """How long `pulumi up` waits for releases."""
    lifecycle: Lifecycle = Lifecycle()
    """How long the stack lives, whose it is, and whether it may be destroyed."""
    image_digests: bool = False
    """Whether images are named by digest as well as by tag, so that a tag that somebody moves changes nothing: those of
    Istio, Jaeger, Zipkin, the samples and the rate limit service. Images of other charts are what those charts name."""
    maturity: Step = 0
    """How far the mesh is to be: 1 see traffic, 2 steer it, 3 mutual identity, 4 role-based access. Each step sets
    values that the stack file does not set itself; `preview` lists them, and a key that is left empty keeps its own
    default. 0 sets nothing."""
    istio: Istio = Istio()
    """Istio's control plane."""
    gateways: list[Gateway] = Field(default_factory=list[Gateway])
    """Gateways into and out of the mesh."""
    addons: Addons = Addons()
    """Observability: metrics, graphs, traces and logs."""
    namespaces: list[Namespace] = Field(default_factory=list[Namespace])
    """Namespaces, created or adopted, and how their pods join the mesh."""
    pod_security: PodSecurity = PodSecurity()
    """Pod Security Standards for the namespaces that the stack creates."""
    clients: Clients = Clients()
    """How matches of apps tell clients apart: the header that names the user, and classes of devices."""
    apps: list[App] = Field(default_factory=list[App])
    """Routing of each app."""
    rate_limit_service: RateLimitService = RateLimitService()
    """Who counts requests for `rateLimits` with `scope: global`: Envoy's rate limit service and a Redis, installed
    where there are such limits."""
    egress: list[ExternalHost] = Field(default_factory=list[ExternalHost])
    """Hosts outside the mesh that apps call: their TLS, and the egress gateway that requests leave through."""
    samples: list[Sample] = Field(default_factory=list[Sample])
    """Sample applications to try the mesh with."""
    objects: list[NonEmpty] = Field(default_factory=list[str])
    """Files or folders of plain Kubernetes YAML in the repository, relative to the program, applied as they are and in
    order."""
    lint: LintSettings = LintSettings()
    """Lint findings that are intended, each with a reason."""

    @cached_property
    def all_namespaces(self) -> list[Namespace]:
        """What the config lists, then what Istio, gateways, addons, samples and limits need beyond it, by name."""
        listed = {namespace.name for namespace in self.namespaces}
        needed = {gateway.home for gateway in self.own_gateways}
        needed |= set[str]() if self.istio.is_shared else {self.istio.namespace}
        needed |= {addon.namespace for addon in self.addons.installed}
        needed |= {sample.namespace for sample in self.samples if sample.namespace not in ALWAYS_THERE}
        counting = self.counting
        injected = {counting.namespace} - needed if counting and counting.installed else set[str]()
        made = {name: Namespace(name=name, injection=name in injected or None) for name in needed | injected}
        every = [*self.namespaces, *(made[name] for name in sorted(made.keys() - listed))]
        return [self._secured(self._gated(namespace)) for namespace in every]

    @property
    def exposed_pages(self) -> list[ExposedPage]:
        """The pages of addons that gateways show."""
        found = (exposed_page(addon, self.gateways) for addon in self.addons.named)
        return [page for page in found if page]

    @property
    def own_gateways(self) -> list[Gateway]:
        """Those that the stack brings."""
        return [gateway for gateway in self.gateways if not gateway.external]

    @property
    def counting(self) -> RateLimitService | None:
        """The service that counts requests; none where no limit is for all pods together."""
        limits = (limit for each in (*self.gateways, *self.apps) for limit in each.rate_limits)
        has_limits = any(limit.is_global for limit in limits)
        return self.rate_limit_service if has_limits and self.rate_limit_service.fail_open is not None else None

    @property
    def opened(self) -> SecurityRulesMode:
        """How the control plane's way to Istio is opened; to a shared one whoever brings it has done so."""
        return "off" if self.istio.is_shared else self.security_rules

    @cached_property
    def routed_apps(self) -> list[App]:
        """The apps, as their objects are made of them: users, devices and cookies by their headers."""
        return [app_by_headers(app, self.clients) for app in self.apps]

    @property
    def extension_providers(self) -> list[dict[str, Any]]:
        """Entries of `meshConfig.extensionProviders`: those of addons, of authorizers and of access logs."""
        said = self._access_logs
        asked = [authorizer_provider(each) for each in self.istio.authorizers]
        return [*self.addons.extension_providers, *asked, *log_providers(said)]

    @property
    def _access_logs(self) -> list[AccessLogs]:
        said = [self.istio.access_logs, *(each.access_logs for each in (*self.namespaces, *self.apps))]
        return [each for each in said if each]

    def around_addons(self, secrets: Iterable[str] = ()) -> Surroundings:
        """What the addons are told of the mesh; `secrets` are the keys of those that the stack file holds."""
        gateways = tuple(
            Pods(gateway.pods_home, gateway.pod_labels, "" if gateway.external else gateway.name)
            for gateway in self.gateways
            if gateway.direction == "ingress"
        )
        region = self.cluster.eks.region if self.cluster.eks else None
        formats = log_formats(self._access_logs, self.istio.mesh_config)
        promised = promises(self.apps)
        own = frozenset(secrets)
        return Surroundings(
            self.istio.namespace, self.addons.named, gateways, own, region, formats, promised, self.lifecycle.protect
        )

    def _gated(self, namespace: Namespace) -> Namespace:
        """With the label that makes pods behind a load balancer of AWS wait until it finds them healthy.

        What the stack file says of the label wins. In kube-system the controller would wait for itself
        (aws/eks-charts#433).
        """
        behind = {gateway.home for gateway in self.gateways if gateway.has_load_balancer} - {"kube-system"}
        if not self.cluster.balancing or namespace.name not in behind:
            return namespace
        return namespace.model_copy(update={"labels": self.cluster.balancing.gate_labels | namespace.labels})

    def _secured(self, namespace: Namespace) -> Namespace:
        """With the labels of Pod Security; what the stack file says of one of them wins."""
        level = namespace.pod_security or self._level(namespace)
        if level is None:
            return namespace
        labels = pod_security_labels(level, self.pod_security.mode)
        return namespace.model_copy(update={"labels": labels | namespace.labels})

    def _level(self, namespace: Namespace) -> PodSecurityLevel | None:
        """The level that everything in a namespace is known to meet; None where that is none, or nothing is known."""
        if namespace.adopted or self.pod_security.level == "privileged":
            return None
        if namespace.is_injected and not self.istio.uses_cni:
            return None
        if any(each.on_nodes and each.namespace == namespace.name for each in self.addons.installed):
            return None
        if namespace.name == self.istio.namespace and self.istio.uses_cni:
            # The pods of istio-cni mount folders of the node, and Istio's own place for them is beside istiod.
            return None
        own = {self.istio.namespace, *(gateway.home for gateway in self.own_gateways)}
        own |= {each.namespace for each in (*self.addons.installed, *self.samples)}
        own |= {self.counting.namespace} if self.counting else set()
        return "baseline" if namespace.name in own else self.pod_security.level
