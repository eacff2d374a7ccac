"""Behind which Service is an app? Its name, its port, and whether somebody else has made it."""

from __future__ import annotations

from typing import Literal

from fairlead_mesh.external import ExternalOrTrue
from fairlead_mesh.keys.scalars import DnsLabel, PortNumber
from fairlead_mesh.keys.section import Section
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN


class AppService(Section):
    """The Service of an app."""

    name: DnsLabel
    """Name of the app and of its routing objects."""
    namespace: DnsLabel = "default"
    """Namespace of its Service."""
    service: DnsLabel | None = None
    """Name of its Service; defaults to the name of the app."""
    port: PortNumber
    """Port of the Service."""
    protocol: Literal["HTTP", "TLS", "TCP"] = "HTTP"
    """What is routed: HTTP requests (HTTP/2 and gRPC too); TLS connections, which the app itself terminates, by the
    server name that they ask for; or TCP connections."""
    external: ExternalOrTrue | None = None
    """Whether its Service and pods exist though nothing in this stack declares them: `true`, or the labels of its pods
    as `{labels: {app: shop}}`, by which lint, diff and picture know which policies apply to them."""

    @property
    def service_name(self) -> str:
        return self.service or self.name

    @property
    def pod_labels(self) -> dict[str, str]:
        """Of the pods that exist though nothing here declares them, as far as they are said."""
        return self.external.labels if self.external else {}

    def fqdn(self, service: str | None = None) -> str:
        """Full name of its Service, or of another one in its namespace."""
        return f"{service or self.service_name}.{self.namespace}.{CLUSTER_DOMAIN}"
