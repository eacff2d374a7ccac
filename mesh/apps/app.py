"""Which requests go where? The section of an app: its Service, versions and routes."""

from __future__ import annotations

from pydantic import Field

from mesh.apps.route import Route
from mesh.apps.version import Version
from mesh.external import ExternalOrTrue
from mesh.keys.scalars import DnsLabel, Hostname, NonEmpty, PortNumber
from mesh.keys.section import Section
from mesh.model.hostnames import CLUSTER_DOMAIN
from mesh.model.virtual_service import MESH


class App(Section):
    """One app behind a Service that exists; what is here is its routing."""

    name: DnsLabel
    """Name of the app and of its routing objects."""
    namespace: DnsLabel = "default"
    """Namespace of its Service."""
    service: DnsLabel | None = None
    """Name of its Service; defaults to the name of the app."""
    port: PortNumber
    """Port of the Service."""
    external: ExternalOrTrue | None = None
    """Whether its Service and pods exist though nothing in this stack declares them: `true`, or the labels of its pods
    as `{labels: {app: shop}}`, by which lint, diff and picture know which policies apply to them."""
    hosts: list[Hostname] = Field(default=["*"], min_length=1)
    """Hosts at the gateways; defaults to every host."""
    gateways: list[NonEmpty] = Field(default=[MESH], min_length=1)
    """Gateways of this stack that route to it; `mesh` means clients inside the mesh."""
    versions: list[Version] = Field(default_factory=list[Version])
    """Its versions, if requests are split between them."""
    routes: list[Route] = Field(default_factory=list[Route])
    """Its routes in order; defaults to one that matches every request."""

    @property
    def service_name(self) -> str:
        return self.service or self.name

    @property
    def pod_labels(self) -> dict[str, str]:
        """Of the pods that exist though nothing here declares them, as far as they are said."""
        return self.external.labels if self.external else {}

    @property
    def services(self) -> list[str]:
        """Its Service, and those that versions have of their own."""
        return [self.service_name, *(version.service for version in self.versions if version.service)]

    def fqdn(self, service: str | None = None) -> str:
        """Full name of its Service, or of another one in its namespace."""
        return f"{service or self.service_name}.{self.namespace}.{CLUSTER_DOMAIN}"

    @property
    def ingress_gateways(self) -> list[str]:
        return [name for name in self.gateways if name != MESH]

    @property
    def subsets(self) -> list[Version]:
        return [version for version in self.versions if version.service is None]

    @property
    def every_route(self) -> list[Route]:
        """Its routes, or the one that it has where it says none."""
        return self.routes or [Route()]
